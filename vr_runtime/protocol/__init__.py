"""What the two sides say to each other and what the record holds.

The ground of the house: frozen pydantic models, one table of streams, and pure functions that turn them into
bytes and back. Imports nothing of Palier and nothing but pydantic. ``docs/protocol.md`` says what each message
means; :data:`PROTOCOL_VERSION` changes apart from the version of the software.
"""

from vr_runtime.protocol.version import PROTOCOL_VERSION

__all__ = ["PROTOCOL_VERSION"]
