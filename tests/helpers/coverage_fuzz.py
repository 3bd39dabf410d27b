"""The codec and the admission under a fuzzer that is guided by coverage (atheris, which is no dependency):

``python -m tests.helpers.coverage_fuzz -max_total_time=60 -max_len=4096`` in an environment that has both.
"""

from __future__ import annotations

import sys

import atheris  # pyright: ignore[reportMissingImports]

with atheris.instrument_imports(include=["vr_runtime.protocol", "vr_runtime.link"]):
    from tests.link.test_floods import (
        admission_gives_every_message_a_verdict,
        any_bytes_are_decoded_or_refused,
    )


def one(data: bytes) -> None:
    any_bytes_are_decoded_or_refused(data)
    admission_gives_every_message_a_verdict(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
