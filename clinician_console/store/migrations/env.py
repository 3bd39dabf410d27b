"""Run by Alembic, with the connection that clinician_console.store.migrate hands over; there is no alembic.ini."""

from alembic import context

from clinician_console.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
