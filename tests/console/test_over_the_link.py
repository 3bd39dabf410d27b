"""Core, copy and scripted therapist over the real link, with a real record on either side."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinician_console.core import ConsoleCore
from clinician_console.core.drive import Drive
from clinician_console.core.errors import ConsoleError, ConsoleReason, DriveError
from clinician_console.core.link import RuntimeLink
from clinician_console.store.beats import decode_heart
from clinician_console.store.copies import RecordCopy
from tests.helpers.linked_runtime import LinkedRuntime
from tests.helpers.made_record import KEY
from vr_runtime.protocol.commands import GoToStep, Rating, Start
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.script import Script
from vr_runtime.record import Reader, RecordState, verify


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[LinkedRuntime]:
    one = LinkedRuntime(tmp_path, "epoch-over-the-link")
    yield one
    one.close()


def console(folder: Path, *, page: bool = False) -> ConsoleCore:
    link = RuntimeLink(folder, "test console", folder / "link")
    records = folder / "console"
    return ConsoleCore(
        link, lambda epoch: RecordCopy.open(records, KEY, epoch), decode_heart, driven_by_page=page
    )


def script(*acts: dict[str, object]) -> Script:
    return Script.model_validate({"title": "test", "linger_s": 0.1, "steps": acts})


SESSION = script(
    {"after": 0.1, "do": {"kind": "start"}},
    {"after": 0.1, "do": {"kind": "go_to_step", "step": 1}},
    {
        "after": 0.0,
        "do": {"kind": "go_to_step", "step": 4},
        "expect": "refused",
        "reason": "needs_confirmation",
    },
    {"after": 0.1, "do": {"kind": "rating", "raw": 40}},
    {"after": 0.1, "do": {"kind": "stop"}},
    {"after": 0.1, "do": {"kind": "release"}},
    {"after": 0.1, "do": {"kind": "end", "to": "closed"}},
)


def test_a_script_is_carried_out_and_the_copy_is_the_record_to_the_last_hash(runtime: LinkedRuntime) -> None:
    core = console(runtime.folder)
    core.start()
    drive = Drive(core, SESSION)
    acts = drive.run()
    assert [act.word for act in acts] == ["accepted"] * 2 + ["refused"] + ["accepted"] * 4
    assert drive.wait_copied()
    path = Path(core.snapshot().copy.path)
    core.close()
    with Reader.open(path, KEY) as copy, Reader.open(runtime.record, KEY) as original:
        mine, theirs = list(copy.entries()), list(original.entries())
    assert mine == theirs[: len(mine)]
    assert "closed" in [entry.kind for entry in mine]


def test_a_console_that_died_catches_up_without_a_gap(runtime: LinkedRuntime) -> None:
    first = console(runtime.folder)
    first.start()
    assert first.wait_for(lambda now: now.link.lease_mine and now.copy.seq > 0, 20)
    first.send(Start())
    assert first.wait_for(lambda now: now.commands[0].word == "accepted", 10)
    held = first.snapshot().copy.seq
    first.close()
    second = console(runtime.folder)
    second.start()
    assert second.wait_for(lambda now: now.copy.seq > held + 20 and now.copy.behind < 20, 20)
    assert second.timeline_since(0, 0, 0)["points"], (
        "the time line begins at the session's begin, not at the restart"
    )
    path = Path(second.snapshot().copy.path)
    second.close()
    assert verify(path, KEY).state is RecordState.CUT, "whole so far, not closed"
    with Reader.open(path, KEY) as copy:
        numbers = [entry.seq for entry in copy.entries()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_stop_is_confirmed_by_the_loop_and_not_by_the_link_thread_alone(runtime: LinkedRuntime) -> None:
    core = console(runtime.folder)
    core.start()
    assert core.wait_for(lambda now: now.link.word == "connected" and now.telemetry is not None, 20)
    runtime.pause.set()
    hung = core.stop("while the loop hangs")
    assert core.wait_stop(hung, 0.6).confirmed_at is None
    runtime.pause.clear()
    assert core.wait_stop(hung, 10).confirmed_at is not None
    core.close()


def test_a_dead_page_is_silence_to_the_runtime(runtime: LinkedRuntime) -> None:
    core = console(runtime.folder, page=True)
    core.start()
    assert core.wait_for(lambda now: now.link.lease_mine, 20)
    done = threading.Event()
    ages: list[int] = []

    def beat() -> None:
        while not done.wait(0.05):
            core.page_life.tab("tab")
            core.page_life.loop()

    thread = threading.Thread(target=beat)
    thread.start()
    server = runtime.server
    assert server is not None
    assert core.wait_for(lambda _now: server.link_age_ns(runtime._now()) < 900_000_000, 20)
    done.set()
    thread.join()
    assert core.wait_for(
        lambda _now: ages.append(server.link_age_ns(runtime._now())) or ages[-1] > 1_500_000_000, 20
    )
    assert core.snapshot().link.word == "connected", "the link itself lives"
    core.close()


def test_an_unexpected_answer_ends_the_script_and_names_the_act(runtime: LinkedRuntime) -> None:
    core = console(runtime.folder)
    core.start()
    wrong = script({"after": 0, "do": {"kind": "start"}}, {"after": 0, "do": {"kind": "pause"}})
    with pytest.raises(
        DriveError, match=r"act 2 of the script \(pause\) was refused \(not_now.*expected: accepted"
    ) as error:
        Drive(core, wrong).run()
    assert error.value.exit_status == 5
    core.close()


def test_the_second_console_is_told_who_holds_the_lease(runtime: LinkedRuntime) -> None:
    first = console(runtime.folder)
    first.start()
    assert first.wait_for(lambda now: now.link.lease_mine, 20)
    link = RuntimeLink(runtime.folder, "second", runtime.folder / "link")
    second = ConsoleCore(
        link,
        lambda epoch: RecordCopy.open(runtime.folder / "second", KEY, epoch),
        decode_heart,
        driven_by_page=False,
    )
    second.start()
    assert second.wait_for(lambda now: now.link.word == "connected" and bool(now.link.lease_holder), 20)
    with pytest.raises(ConsoleError, match="test console"):
        Drive(second, SESSION).wait_ready(0.5)
    assert "no_lease" in [alarm.key for alarm in second.snapshot().alarms]
    stopped = second.stop("anyone may stop")
    assert second.wait_stop(stopped, 10).confirmed_at is not None
    second.close()
    first.close()


def test_without_a_runtime_the_script_says_what_to_start(tmp_path: Path) -> None:
    core = console(tmp_path)
    core.start()
    assert core.snapshot().link.word == "waiting"
    with pytest.raises(ConsoleError, match="vr-runtime run") as error:
        Drive(core, SESSION).wait_ready(0.2)
    assert error.value.reason is ConsoleReason.NO_RUNTIME
    unsent = core.stop("nobody there")
    assert core.stop_state(unsent).confirmed_at is None
    with pytest.raises(PalierError, match="not sent"):
        core.send(Rating(raw=1))
    core.close()


def test_a_runtime_that_comes_later_is_found(tmp_path: Path) -> None:
    core = console(tmp_path)
    core.start()
    one = LinkedRuntime(tmp_path, "epoch-that-comes-later")
    try:
        assert core.wait_for(lambda now: now.link.lease_mine and now.plan is not None, 20)
        core.send(GoToStep(step=1))
    finally:
        core.close()
        one.close()
