"""A public washroom, for the fear of contamination."""
