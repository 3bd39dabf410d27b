"""Response prevention: a window is opened with the protocol's figures, runs, counts, and is closed with its outcome."""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.pages.checks import number_of
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.commands import CloseWindow, OpenWindow
from vr_runtime.protocol.files.treatment import Prevention as Defaults
from vr_runtime.protocol.words import Phase, PreventionMode, WindowOutcome

CAN_OPEN = frozenset({Phase.EXPOSURE, Phase.PAUSED})
LONGEST_MIN = 120.0


class Prevention:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._mode: PreventionMode | None = None
        """What the therapist chose; None: the protocol's."""
        with Box("form", role="group") as self._closed:
            self._what = Field("window-what", "wide", maxlength="200")
            with Box("choices wide", role="radiogroup") as self._modes:
                self._buttons = {
                    mode: Press(
                        partial(self._choose, mode), "choice", role="radio", id=f"window-mode-{mode.value}"
                    )
                    for mode in PreventionMode
                }
            self._mode_means = Say("form-hint wide")
            self._delay_word, self._delay = Say("form-word"), Field("window-delay", type="number", min=0, step="any")  # fmt: skip
            self._target_word, self._target = Say("form-word"), Field("window-target", type="number", min=0, step="any")  # fmt: skip
            self._open = Hand(
                self._begin, ("window-what", "window-delay", "window-target"), "wide", id="window-open"
            )
            self._last = Say("form-hint wide")
        with Box("form", role="group") as self._running:
            self._title = Say("form-title wide")
            with Box("form-figures wide"):
                self._time, self._count = Say("form-figure"), Say("form-figure")
            self._state = Say("form-hint wide")
            with Box("choices wide"):
                self._outcomes = {
                    outcome: Press(partial(self._end, outcome), "choice tall", id=f"window-{outcome.value}")
                    for outcome in WindowOutcome
                }

    def _choose(self, mode: PreventionMode) -> None:
        self._mode = mode
        self._desk.refresh()

    def _begin(self, values: dict[str, str]) -> None:
        minutes = {name: number_of(values[name]) for name in ("window-delay", "window-target")}
        delay, target = minutes["window-delay"], minutes["window-target"]
        wrong = [one for one in (delay, target) if one is not None and not 0 <= one <= LONGEST_MIN]
        if wrong or target == 0:
            self._desk.say_no(self._desk.words("window.wrong_time", most=LONGEST_MIN))
            return
        self._desk.do(
            OpenWindow(
                what=values["window-what"][:200] or self._desk.words("window.compulsion"),
                mode=self._mode,
                delay_s=None if delay is None else delay * 60,
                target_s=None if target is None else target * 60,
            )
        )

    def _end(self, outcome: WindowOutcome) -> None:
        self._desk.do(CloseWindow(outcome=outcome))

    def refresh(self, now: Snapshot, words: Words) -> None:
        state, live = now.course.window, self._desk.live
        self._closed.mark_as(open=state is None)
        self._running.mark_as(open=state is not None)
        treatment = now.course.treatment
        defaults = (treatment.prevention if treatment else None) or Defaults()
        mode = self._mode or defaults.mode
        self._what.label(words("window.what"))
        self._modes.attribute("aria-label", words("window.mode"))
        for one, button in self._buttons.items():
            button.say(words(f"window.{one.value}"))
            button.attribute("aria-checked", "true" if one is mode else "false")
            button.mark_as(here=one is mode)
        self._mode_means.say(words(f"window.{mode.value}_means"))
        self._delay_word.say(words("window.delay_min"))
        self._target_word.say(words("window.target_min"))
        self._delay.label(words("window.delay_min"), words.value(defaults.delay_s / 60))
        self._target.label(words("window.target_min"), words.value(defaults.target_s / 60))
        self._delay.attribute("disabled", None if mode is PreventionMode.DELAY else "disabled")
        self._open.say(words("window.open"))
        self._open.allow(live and self._desk.phase in CAN_OPEN)
        last = now.course.last_window
        self._last.say(
            words(
                "window.last",
                outcome=words(f"window.{last.outcome.value}"),
                time=words.clock(last.lasted_s),
                count=last.compulsions,
                share=words.number(last.resisted_share * 100),
            )
            if last
            else ""
        )
        for outcome, button in self._outcomes.items():
            button.say(words(f"window.{outcome.value}"))
            button.attribute("title", words(f"window.{outcome.value}_hint"))
            button.allow(live)
        if state is None:
            return
        opened = state.opened
        self._title.say(f"{opened.what} · {words(f'window.{opened.mode.value}')}")
        self._title.attribute("title", opened.what)
        self._time.say(
            words("window.time", time=words.clock(state.lasted_s), target=words.clock(opened.target_s))
        )
        self._count.say(words("window.count", count=state.compulsions, prevented=state.prevented))
        self._state.say(_standing(opened.mode, opened.delay_s - state.lasted_s, words))


def _standing(mode: PreventionMode, left_s: float, words: Words) -> str:
    """What the scene does with a compulsion now."""
    if mode is PreventionMode.DELAY:
        key = "blocked_for" if left_s > 0 else "allowed_now"
        return words(f"window.{key}", time=words.clock(left_s)) if left_s > 0 else words(f"window.{key}")
    return words(f"window.{mode.value}_means")
