"""Questionnaires as data: what an instrument asks, and what its own rules make of the answers.

Nothing here is a diagnosis: a score lies in a range that a publication has named, and no more is said.
"""
