"""What holds for the whole clinic: its name on reports, whose acts are kept, how long records stay."""

from __future__ import annotations

from clinician_console.pages.elements import Box, Hand, Say
from clinician_console.pages.forms import Line
from clinician_console.pages.house import House
from clinician_console.pages.keeping import keeping_card
from clinician_console.pages.runtimes import runtimes_card
from clinician_console.pages.shell import page, shell

NAME_LENGTH = 80


def pages(house: House) -> None:
    @page(house, "/settings")
    async def settings() -> None:
        with shell(house, "settings") as words:
            Say("", words("settings.title"), tag="h1")
            with Box("card", "section", aria_labelledby="clinic-title"):
                Say("", words("settings.clinic"), tag="h2", id="clinic-title")
                with Box("labelled"):
                    Say("", words("settings.clinic_name"), tag="label", **{"for": "clinic-name"})
                    Line("clinic-name", house.store.settings().get("clinic_name", ""), longest=NAME_LENGTH)
                    Say("hint", words("settings.clinic_name_hint"))
                said = Say("said", id="clinic-said", role="status")

                def save(values: dict[str, str]) -> None:
                    house.store.set_setting("clinic_name", values["clinic-name"][:NAME_LENGTH])
                    said.say(words("settings.saved"))

                with Box("row"):
                    Hand(save, ["clinic-name"], "main", text=words("settings.save"), id="clinic-save")
            runtimes_card(house, words)
            keeping_card(house, words)
            with Box("card", "section", aria_labelledby="who-title"):
                Say("", words("settings.who"), tag="h2", id="who-title")
                Say("", words("settings.who_is", who=house.store.who), tag="p")
