"""The program that docs/record-format.md shows reads a record without any of our code."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.records import closed, note, samples
from vr_runtime.record import RECORD_FORMAT, FileKey, Reader, Writer
from vr_runtime.record.chunks import stream_dtype
from vr_runtime.record.database import PAGE_BYTES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "record-format.md"


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102  (our own page)
    return names


def test_the_page_s_program_reads_a_record(folder: Path, key: FileKey, program: dict[str, Any]) -> None:
    shapes = [("hands", 44), ("head", 1), ("frame", 22), ("heart", 3), ("hands", 0)]
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        for seq, (stream, rows) in enumerate(shapes, 2):
            array = samples(stream, rows)
            if "frame" in (array.dtype.names or ()):
                array["frame"] = [row // 2 for row in range(rows)]
            writer.append_samples(seq, seq, stream, array)
        writer.append(closed(len(shapes) + 2))

    salt = json.loads((folder / "key.json").read_bytes())["parameters"]["salt"]
    wrapping = hmac.new(key.read(), b"palier-wrap-1" + bytes.fromhex(salt), hashlib.sha256).digest()
    theirs = list(program["read"](folder, wrapping))
    with Reader.open(folder, key) as reader:
        assert theirs == [tuple(one[:4]) for one in reader.entries()]
        for stream in ("hands", "head", "frame", "heart"):
            dtype = stream_dtype(stream)
            widths = [dtype[name].itemsize for name in dtype.names or ()]
            rows = b"".join(
                b"".join(row)
                for _, _, kind, body in theirs
                if kind == f"chunk:{stream}"
                for row in zip(*program["columns"](body, widths), strict=True)
            )
            assert rows == reader.samples(stream).tobytes()


def test_the_page_names_the_values_in_force(program: dict[str, Any]) -> None:
    text = PAGE.read_text()
    assert f"version {RECORD_FORMAT}\n" in text
    assert f"cipher_page_size = {PAGE_BYTES}" in text


def test_the_digest_and_the_mac_of_a_key_file_are_as_the_page_says(
    folder: Path, key: FileKey, program: dict[str, Any]
) -> None:
    Writer.create(folder, key).close()
    data = (folder / "key.json").read_bytes()
    fields = json.loads(data)
    assert list(fields) == "format version kind parameters check nonce wrapped recovery mac sha256".split()
    assert hashlib.sha256(data[: data.index(b',\n "sha256"')]).hexdigest() == fields.pop("sha256")
    mac = fields.pop("mac")
    wrapping = key.wrapping_key(fields["parameters"])
    secret = program["record_key"](folder, wrapping)
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    assert hmac.new(secret, b"palier-key-mac-1" + canonical, hashlib.sha256).hexdigest() == mac
