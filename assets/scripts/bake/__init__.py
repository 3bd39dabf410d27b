"""What the scripts that bake rooms share: bodies, charts of light maps, Blender as a module, light after baking."""
