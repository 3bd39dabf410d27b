"""What the console keeps on this machine, encrypted: its own copies of the records."""
