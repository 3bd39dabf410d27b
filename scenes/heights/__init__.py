"""Heights: a platform on a tower above a city street, from the pavement up to 150 m."""
