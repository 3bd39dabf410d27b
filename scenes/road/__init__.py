"""The road: a car ride with traffic, for people who were in a road accident."""
