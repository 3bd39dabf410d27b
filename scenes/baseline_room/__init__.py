"""The scene pack baseline_room."""
