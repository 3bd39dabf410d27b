"""The scenes that come with Palier: one folder a scene, and ``kit`` for what they share."""
