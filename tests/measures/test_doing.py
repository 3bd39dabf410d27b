"""Washing and ordering, summed up from what scenes tell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import Body, Happening, did, even, live, offline, played
from tests.helpers.walks import named, only
from vr_runtime.protocol.deeds import ORDERED, WASHED

WALK = played(lambda t: Body(step=1 if t < 20.0 else 2), even(30.0, 40.0))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 38).map(lambda n: n + 0.5),
            st.floats(0.5, 5.0),
            st.sampled_from([WASHED, ORDERED]),
            st.sampled_from("ab"),
        ),
        max_size=6,
    )
)
def test_sums_are_of_all_deeds_of_a_step(plan: list[tuple[float, float, str, str]]) -> None:
    deeds = [(on + 1.0, did(what, thing, on + 1.0 - for_s, on + 1.0, "")) for on, for_s, what, thing in plan]
    markers = live(WALK, Happening(deeds))
    for what, kind in ((WASHED, "wash"), (ORDERED, "ordering")):
        mine = [entry for entry in plan if entry[2] == what]
        assert len(named(markers, kind)) == len(mine)
        assert sum(m.value for m in named(markers, f"{kind}_count")) == len(mine)
        assert sum(m.value for m in named(markers, f"{kind}_time")) == pytest.approx(sum(e[1] for e in mine))
        for m in named(markers, f"{kind}_count"):
            told = [e for e in mine if e[3] == m.stimulus and (e[0] + 1.0 < 20.0) == (m.step == 1)]
            assert m.value == len(told)


def test_the_residual_is_the_one_told_last_and_no_other_is_made_up() -> None:
    deeds = [
        (3.0, did(ORDERED, "books", 1.0, 3.0, residual=0.5)),
        (6.0, did(ORDERED, "books", 4.0, 6.0, residual=0.125)),
        (9.0, did(ORDERED, "cups", 8.0, 9.0)),
    ]
    markers = live(WALK, Happening(deeds))
    assert (only(markers, "ordering_residual").stimulus, only(markers, "ordering_residual").value) == (
        "books",
        0.125,
    )
    assert [m.parameters.get("residual") for m in named(markers, "ordering")] == [0.5, 0.125, None]


def test_live_is_offline() -> None:
    happens = Happening(
        [(5.0, did(WASHED, "soap", 1.0, 4.0, "")), (25.0, did(ORDERED, "books", 22.0, 25.0, residual=0.3))]
    )
    made = live(WALK, happens)
    assert {"wash_time", "ordering_residual"} <= {m.marker for m in made}
    assert [m.model_dump_json() for m in offline(WALK, happens)] == [m.model_dump_json() for m in made]
