"""Seeded draws without a generator: the same words give the same number, on every platform and Python."""

from __future__ import annotations

from hashlib import blake2b


def draw(*words: object) -> float:
    """A number from 0 up to, but not including, 1, uniform over different words (the seed among them)."""
    digest = blake2b("|".join(map(str, words)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) / 2.0**53
