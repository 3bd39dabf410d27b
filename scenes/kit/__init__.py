"""What scenes share: meshes from rectangles, light worked out beforehand, a city, trees, vehicles, people."""
