"""Files that people write: scene manifests, plans, scripts of a therapist, safety limits. All TOML, all strict."""
