"""The code that one person reads out and another types: seven random digits and a check digit.

Seven digits are 23.3 bits. They are enough because they cannot be tried at leisure: SPAKE2 gives whoever guesses one
guess a run and nothing to compute on afterwards, and a code has five tries and two minutes. Five guesses hit one code
in two million. The eighth digit (Damm's) tells a slip of the finger from a wrong code: each single wrong digit and each
pair of neighbours in the wrong order is noticed where it is typed, and costs no try.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from vr_runtime.link.errors import LinkError, LinkReason

RANDOM_DIGITS = 7

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
"""H. M. Damm's totally anti-symmetric quasigroup of order 10 (thesis, Marburg 2004)."""


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    """A fresh code of eight digits. ``below(n)`` gives a random number from 0 to n - 1."""
    digits = f"{below(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return digits + _check(digits)


def spoken(code: str) -> str:
    """As it is shown: ``4071 9384``."""
    return f"{code[:4]} {code[4:]}"


def typed(text: str) -> str:
    """The code in what a person typed; spaces, hyphens and dots between the digits do not matter.

    Raises:
        LinkError: CODE_MISTYPED.
    """
    code = "".join(mark for mark in text if mark not in " -.\t\r\n\u00a0\u202f")
    if not (len(code) == RANDOM_DIGITS + 1 and code.isascii() and code.isdigit()):
        raise LinkError(
            LinkReason.CODE_MISTYPED,
            f"a pairing code has {RANDOM_DIGITS + 1} digits, as vr-runtime pair shows them",
        )
    if _check(code) != "0":
        raise LinkError(
            LinkReason.CODE_MISTYPED,
            "a digit of the code is wrong, or two are in the wrong order: look again",
        )
    return code


def _check(digits: str) -> str:
    at = "0"
    for digit in digits:
        at = _DAMM[int(at)][int(digit)]
    return at
