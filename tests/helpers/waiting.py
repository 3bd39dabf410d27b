"""A waiting machine without its processes: what it plays is made up, what it answers is the real desk's."""

from __future__ import annotations

from functools import cache
from typing import Any

from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.files.plan import Plan, plan_of_scene
from vr_runtime.protocol.files.treatments import find_treatments
from vr_runtime.protocol.waiting import WAITING_VERSION, Begin, Found, Look, Request, SessionState
from vr_runtime.waiting.desk import Desk, Installed, Playing

WAITING = "waiting-0001"
OFFICE, OTHER = b"o" * 40, b"p" * 40


class MadeUpPlayer:
    """Plays what it is told to: :attr:`now` is how its session stands."""

    def __init__(self) -> None:
        self.begun: list[Begin] = []
        self.now = Playing()
        self.is_taken = False
        self.fails: OSError | None = None

    def start(self, begin: Begin) -> None:
        if self.fails is not None:
            raise self.fails
        self.begun.append(begin)
        self.now = Playing(SessionState.STARTING)

    def look(self) -> Playing:
        return self.now

    def taken(self) -> bool:
        return self.is_taken

    def ready(self) -> None:
        self.now = Playing(SessionState.RUNNING, "epoch-of-the-run")

    def ended(self, status: int, last_line: str = "the headset went away") -> None:
        self.now = Playing(SessionState.ENDED, "epoch-of-the-run", status, last_line)


class MadeUpHeadset:
    def __init__(self) -> None:
        self.looks = 0
        self.gave_way = 0
        self.what: tuple[Found, ...] = (Found(what="headset", good=True, found="Quest, 2064x2208 an eye"),)

    def look(self) -> None:
        self.looks += 1

    def give_way(self) -> None:
        self.gave_way += 1

    def found(self) -> tuple[bool, tuple[Found, ...]]:
        return False, self.what


@cache
def installed() -> Installed:
    return Installed(
        "1.2.3", {name: pack.manifest for name, pack in find_scenes().items()}, find_treatments()
    )


class Waiting:
    """The desk of a machine that waits, with what it said to the person there."""

    def __init__(self, waiting: str = WAITING) -> None:
        self.player, self.headset = MadeUpPlayer(), MadeUpHeadset()
        self.said: list[str] = []
        self.desk = Desk(
            waiting,
            installed(),
            self.player,
            self.headset,
            self.said.append,
            lambda key: {OFFICE: "office", OTHER: "other"}.get(key, "somebody"),
        )

    def ask(self, body: Look | Begin, request: str = "request-1", key: bytes = OFFICE) -> Any:
        return self.desk.answer(Request(version=WAITING_VERSION, id=request, body=body), key)


@cache
def heights() -> Plan:
    return plan_of_scene(find_scenes()["heights"].manifest)


def begin(**changes: Any) -> Begin:
    """``changes``: of the request or of its order."""
    order: dict[str, Any] = {"plan": heights(), "pseudonym": "Wren 7"}
    whole: dict[str, Any] = {"waiting": WAITING, "display": "headset"}
    for name, value in changes.items():
        (whole if name in Begin.model_fields else order)[name] = value
    return Begin.model_validate({**whole, "order": order})
