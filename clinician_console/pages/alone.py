"""The page that a patient fills alone: a questionnaire and nothing else, then a quiet page until the therapist takes the
screen back. Which browser is handed over, and its code: lent.py; that it gets nothing else: fence.py."""

from __future__ import annotations

import json
import time
from asyncio import to_thread
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from clinician_console.clinic.port import ClinicStore
from clinician_console.pages.answering import Form
from clinician_console.pages.asgi import SESSION
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.pages.fence import ALONE
from clinician_console.pages.head import head
from clinician_console.pages.house import House
from clinician_console.pages.lent import Loan, Told
from clinician_console.pages.shell import PATIENCE_S
from clinician_console.pages.standing import is_on, standing_of
from clinician_console.questionnaires.filling import Filling
from clinician_console.words import Words

LONGEST_TICKET = 64
STYLES = ("shell", "patients", "questionnaires", "alone")

_BEGIN = """async (e) => {
  if (e.detail > 1) return;
  const told = await fetch("/alone/begin", { method: "POST", body: %s }).catch(() => null);
  if (told && told.ok) window.palier.handOver();
  else emit();
}"""


def browser_of(request: Request | None) -> str:
    """The session of the browser that asks; empty where the guard has let nobody through."""
    return str(request.scope.get(SESSION, "")) if request is not None else ""


async def keep(store: ClinicStore, filling: Filling) -> None:
    """Keep it as it stands, in the place of what was kept of it before.

    Raises:
        PalierError: it could not be kept.
    """
    filling.kept = await to_thread(store.save_answers, filling.entry(datetime.now(UTC)))


# ---------------------------------------------------------------------- before: for the therapist


class _Give(Press):
    """Hands the browser over by itself, so that it shows the patient's page only once the server keeps everything else
    from it. ``on_press``: it was not handed over."""

    def __init__(self, on_press: Callable[[], None], ticket: str, text: str) -> None:
        self._ticket = ticket
        super().__init__(on_press, "main", text, id="alone-begin")

    def _listen(self) -> None:
        self.on("click", self._pressed, js_handler=_BEGIN % json.dumps(self._ticket))


def hand_over(house: House, words: Words, filling: Filling, back: Callable[[], None]) -> None:
    """The last word to the therapist before the screen changes hands: the code, and what happens. Into the element that is
    being made."""
    ticket, code = house.lent.offer(browser_of(ui.context.client.request), filling)
    with Box("card", "section"):
        Say("", words("alone.title"), tag="h1", id="alone-title")
        Say("", words("alone.what", instrument=filling.instrument.short), tag="p")
        with Box("labelled"):
            Say("label", words("alone.code_is"))
            Say("alone-code", code, id="alone-code-is")
        Say("", words("alone.remember"), tag="p")
        Say("dim", words("alone.others"), tag="p")
        if is_on(house.core.snapshot()):
            Say("said", words("alone.running"), tag="p", id="alone-running", data_level="warning")
        said = Say("said", id="alone-not-begun", role="alert", data_level="danger")
        with Box("row"):
            _Give(lambda: said.say(words("alone.not_begun")), ticket, words("alone.begin"))
            Press(back, "", words("quest.cancel"), id="quest-cancel")


# ---------------------------------------------------------------------- the patient's page


def pages(house: House) -> None:
    async def alone() -> Response | None:
        client = ui.context.client
        session = browser_of(client.request)
        loan = house.lent.of(session)
        if loan is None:
            return RedirectResponse("/")
        house.lent.admit(session, client.id)
        spoken = Words(loan.filling.language)
        head(
            spoken,
            house.safety_port,
            house.theme,
            title="Palier",
            texts=(),
            styles=STYLES,
            scripts=("alone",),
            more={"rests": not is_on(house.core.snapshot())},
        )
        with Box("content alone", "main", id="content", lang=spoken.language):
            Say(
                "said",
                spoken("alone.no_console"),
                id="alone-gone",
                role="alert",
                data_level="danger",
                hidden="hidden",
            )
            _Alone(house, session, loan)
        return None

    ui.page(ALONE, response_timeout=PATIENCE_S)(alone)


def routes(house: House, app: FastAPI) -> None:
    @app.get(f"{ALONE}/standing")
    async def standing() -> dict[str, object]:
        """Whether STOP is to be there; nothing of whose session it is."""
        now = house.core.snapshot()
        return {"phase": standing_of(now)["phase"], "on": is_on(now)}

    @app.post(f"{ALONE}/begin")
    async def begin(request: Request) -> Response:
        ticket = (await request.body())[:LONGEST_TICKET].decode("ascii", "replace")
        return Response(status_code=204 if house.lent.begin(browser_of(request), ticket) else 409)


class _Alone:
    def __init__(self, house: House, session: str, loan: Loan) -> None:
        self._store, self._lent, self._session, self._loan = house.store, house.lent, session, loan
        self._words, self._spoken = house.words, Words(loan.filling.language)
        self._client = (
            ui.context.client
        )  # what was pressed may be gone when something is to be told to the page
        self._box = Box("content-part")
        self._show()

    def _show(self) -> None:
        self._box.clear()
        with self._box:
            if self._loan.left:
                self._quiet()
            else:
                Form(self._words, self._loan.filling, self._keep, self._leave)

    async def _keep(self, filling: Filling) -> None:
        await keep(self._store, filling)

    def _leave(self) -> None:
        self._loan.left = True
        self._show()
        self._client.run_javascript("document.getElementById('quest-thanks')?.focus()")

    def _go_on(self) -> None:
        self._loan.left = False
        self._show()
        self._client.run_javascript("document.querySelector('.quest-item .press')?.focus()")

    # ------------------------------------------------------------------ after

    def _quiet(self) -> None:
        """No scores, no way on; the code for the therapist comes last."""
        spoken, words, filling = self._spoken, self._words, self._loan.filling
        with Box("card", "section"):
            Say("", spoken("quest.thanks"), tag="h1", id="quest-thanks", tabindex="-1")
            Say("alone-back", spoken("quest.hand_back"), tag="p")
            if filling.kept is not None and filling.alerts:
                Say("said", spoken("quest.alert_patient"), tag="p")
            if not filling.ended:
                with Box("row"):
                    Press(self._go_on, "", spoken("quest.go_on"), id="quest-go-on")
        with Box("card alone-therapist", "section", aria_labelledby="alone-therapist", lang=words.language):
            Say("", words("alone.therapist"), tag="h2", id="alone-therapist")
            with Box("labelled"):
                Say("", words("alone.code"), tag="label", **{"for": "alone-code"})
                code = Field("alone-code", inputmode="numeric", maxlength="4")
            self._said = Say("said", id="alone-said", role="alert", data_level="warning")
            with Box("row"):
                Hand(
                    lambda values: self._take_back(values["alone-code"]),
                    ["alone-code"],
                    clear=["alone-code"],
                    text=words("alone.take_back"),
                    id="alone-take-back",
                )
        code.on_enter(self._take_back)

    def _take_back(self, typed: str) -> None:
        told = self._lent.take_back(self._session, typed, time.monotonic())
        if told.verdict == "right":
            filling = self._loan.filling
            address = f"/questionnaires/{filling.patient}" + (
                f"?session={filling.session}" if filling.session else ""
            )
            ui.run_javascript(f"window.palier.handBack({json.dumps(address)})")
        else:
            self._said.say(_said(self._words, told))
            ui.run_javascript("document.getElementById('alone-code').value = ''")


def _said(words: Words, told: Told) -> str:
    """Why a code did not open."""
    if told.verdict == "wrong" and told.wait_s:
        return words("alone.wrong_wait", left=told.left, seconds=round(told.wait_s))
    if told.verdict == "wait":
        return words("alone.wait", seconds=max(1, round(told.wait_s)))
    return words(f"alone.{told.verdict}", left=told.left)
