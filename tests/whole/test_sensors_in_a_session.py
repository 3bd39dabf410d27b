"""A heart source that the therapist looks for and chooses while the session runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.searching import STRAP, Searching
from tests.helpers.session import KEY, act, script
from vr_runtime import assemble
from vr_runtime.assemble import Options, plan_for_scene, play_session
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.events import CommandDecided, HeartSourceChanged, SensorsFound
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.record import Reader
from vr_runtime.replay import replay
from vr_runtime.sensors import HeartSource, SimulatedHeart


def test_a_source_chosen_in_a_session_is_recorded_and_replays_identically(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Searching((STRAP,))
    monkeypatch.setattr(assemble, "start_searches", lambda seconds: (search,))
    first, later = assemble.open_heart, SimulatedHeart(7, resting_bpm=90.0)

    def open_heart(spec: str, **more: object) -> HeartSource:
        return later if spec == STRAP.spec else first(spec, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(assemble, "open_heart", open_heart)
    packs = find_scenes()
    acts = [
        act(0.1, "look_for_sensors", for_s=1.0),
        act(0.5, "use_heart", source=STRAP.spec),
        act(3.5, "end"),
    ]
    played = play_session(
        Options(
            plan=plan_for_scene(packs, "heights"),
            packs=packs,
            records=tmp_path,
            key=KEY,
            rate_hz=30.0,
            script=script(*acts),
        )
    )
    with Reader.open(played.record, KEY) as reader:
        events = [event.body for event in reader.events()]
        beats = reader.samples("heart")
        times = reader.samples("heart_time")
    assert all(body.accepted for body in events if isinstance(body, CommandDecided))
    assert [body.sensors[0].name for body in events if isinstance(body, SensorsFound)] == ["Strap"]
    states = [(body.source, body.state) for body in events if isinstance(body, HeartSourceChanged)]
    assert ("simulated", "chosen") in states
    assert len(beats) == len(times) > 2
    assert np.array_equal(beats["t_ns"], times["t_ns"])
    assert set(beats["flag"]) <= {BeatFlag.OK, BeatFlag.GAP}
    again = replay(played.record, KEY, packs)
    assert again.identical, again.difference
