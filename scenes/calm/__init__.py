"""The calm place: a meadow by a lake, late on a summer afternoon."""
