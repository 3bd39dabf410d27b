"""The scene pack calm."""
