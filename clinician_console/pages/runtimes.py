"""Which computer plays the session: this one, or one that was paired by its code. A part of the settings."""

from __future__ import annotations

from asyncio import to_thread

from clinician_console.core.pairing import pair
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import load_anew
from clinician_console.words import Words
from vr_runtime.link.paired import runtimes
from vr_runtime.protocol.errors import PalierError


def runtimes_card(house: House, words: Words) -> None:
    link = house.link
    if link is None:
        return
    with Box("card", "section", aria_labelledby="runtimes-title"):
        Say("", words("runtimes.title"), tag="h2", id="runtimes-title")
        Say("dim", words("runtimes.hint"), tag="p")
        said = Say("said", id="runtimes-said", role="status")

        async def choose(name: str | None) -> None:
            if house.core.snapshot().live:
                said.say(words("runtimes.busy"))
                return
            try:
                await to_thread(link.choose, name)
            except PalierError as problem:
                said.say(str(problem))
                return
            load_anew()

        with Box("choices", role="group", aria_labelledby="runtimes-title"):
            here = Press(lambda: choose(None), "", words("runtimes.here"), id="runtime-here")
            here.attribute("aria-pressed", "true" if link.runtime is None else "false")
            for one in runtimes():
                button = Press(lambda name=one.name: choose(name), "", one.name, id=f"runtime-{one.name}")
                button.attribute("aria-pressed", "true" if link.runtime == one.name else "false")
                button.allow(not one.trouble)
        Say("", words("runtimes.pair"), tag="h3")
        Say("", words("runtimes.pair_hint"), tag="p")
        with Box("columns"):
            for name, key in (("pair-place", "place"), ("pair-code", "code")):
                with Box("labelled"):
                    Say("", words(f"runtimes.{key}"), tag="label", **{"for": name})
                    Field(name, inputmode="numeric" if key == "code" else "text")

        async def meet(values: dict[str, str]) -> None:
            said.say(words("runtimes.pairing"))
            try:
                name, key = await to_thread(pair, values["pair-place"], values["pair-code"])
            except PalierError as problem:
                said.say(str(problem))
                return
            said.say(words("runtimes.paired", name=name, mark=key))
            await choose(name)

        with Box("row"):
            Hand(
                meet,
                ["pair-place", "pair-code"],
                "main",
                clear=["pair-code"],
                text=words("runtimes.do"),
                id="pair",
            )
