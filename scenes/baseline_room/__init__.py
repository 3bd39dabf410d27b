"""A plain, friendly room: where the baseline is measured and where nothing happens."""
