"""The therapist's side: steers a session from a laptop, keeps a copy of the record, reports and exports it."""
