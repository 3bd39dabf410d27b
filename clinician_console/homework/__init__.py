"""A plan for the time between two sessions: made as one page for a phone, and read back."""
