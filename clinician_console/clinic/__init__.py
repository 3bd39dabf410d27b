"""What a clinic knows beside the records of sessions: patients, plans, the index of sessions, what was answered and
noted, what was agreed for home, and who touched it. Values and one port; where they are kept is the store's matter."""
