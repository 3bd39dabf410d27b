"""What the patient is surrounded by: scenes, renderer, sound, neutral shell, preview. Panda3D lives here."""
