"""A record that was cut anywhere replays identically up to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.session import KEY, act, play, script
from vr_runtime.catalogue import find_scenes
from vr_runtime.record import FileKey, Reader, Sealed, Writer
from vr_runtime.replay import replay


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Sealed]:
    """A session in which the patient looks at the edge, so that its measures have something to sum up."""
    acts = script(
        act(0.1, "start"),
        act(0.1, "go_to_step", step=1),
        act(0.1, "go_to_step", step=2),
        *(act(0.2, "rating", raw=float(n)) for n in range(12)),
    )
    record = play(tmp_path_factory.mktemp("whole"), acts)
    with Reader.open(record, KEY) as reader:
        return list(reader.entries())


def test_events_beyond_the_last_recorded_frame_are_no_difference(
    entries: list[Sealed], tmp_path: Path
) -> None:
    """The samples of the last quarter of a second are gone, the events of that time are there; the measures' summary
    at the end, which only the replay makes, stands against none of them."""
    key = FileKey.create(tmp_path / "key")
    last_chunk, cuts = 0, list[int]()
    for entry in entries:
        if entry.kind == "chunk:frame":
            last_chunk = entry.seq
        elif entry.kind == "command_received" and last_chunk:
            cuts.append(entry.seq)
    assert len(cuts) > 8
    beyond = 0
    for number, seq in enumerate(cuts[-8:]):
        with Writer.create(tmp_path / str(number), key) as writer:
            for entry in entries[:seq]:
                writer.append_sealed(entry)
        done = replay(tmp_path / str(number), key, find_scenes())
        assert done.identical, done.difference
        assert done.frames > 20
        beyond += done.beyond
    assert beyond > 0
