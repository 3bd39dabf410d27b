"""Who did what: the audit trail, of everybody or of one patient."""

from __future__ import annotations

from asyncio import to_thread
from urllib.parse import urlencode

from clinician_console.clinic.entries import AuditEntry, PatientRow
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

SHOWN = 100
FOUND = 8
EVERYBODY = 100_000
"""More than any clinic's list has; pseudonyms of those who are shown are looked up in it."""


def pages(house: House) -> None:
    @page(house, "/audit")
    async def audit(patient: str = "", before: int = 0) -> None:
        entries = await to_thread(house.store.audit, patient=patient, limit=SHOWN + 1, before=before or None)
        names = await to_thread(_pseudonyms, house)
        with shell(house, "audit") as words:
            Say("", words("audit.title"), tag="h1")
            Say("dim", words("audit.what"), tag="p")
            _unbroken(house, words)
            _filter(house, words, patient, names)
            _entries(words, entries[:SHOWN], names)
            with Box("row"):
                if before:
                    Link(_address(patient), "press", words("audit.latest"), id="audit-latest")
                if len(entries) > SHOWN:
                    older = entries[SHOWN - 1].seq
                    Link(_address(patient, older), "press", words("audit.older"), id="audit-older")


def _pseudonyms(house: House) -> dict[str, str]:
    rows: list[PatientRow] = []
    for archived in (False, True):
        rows += house.store.patients(archived=archived, limit=EVERYBODY)
    return {row.id: row.pseudonym for row in rows}


def _unbroken(house: House, words: Words) -> None:
    """The whole trail is read only when that is asked for: it takes some seconds after some years."""
    with Box("row"):
        said = Say("said", id="audit-state", role="status")

        async def check() -> None:
            button.allow(False)
            said.attribute("data-level", None)
            said.say(words("audit.checking"))
            try:
                fault = await to_thread(house.store.audit_fault)
            except PalierError as problem:
                said.attribute("data-level", "danger")
                said.say(str(problem))
            else:
                said.attribute("data-level", None if fault is None else "danger")
                said.say(words("audit.unbroken") if fault is None else words("audit.broken", seq=fault))
            button.allow(True)

        button = Press(check, "", words("audit.check"), id="audit-check")


def _filter(house: House, words: Words, patient: str, names: dict[str, str]) -> None:
    with Box("card", "section", aria_labelledby="audit-filter-title"):
        Say("", words("audit.filter"), tag="h2", id="audit-filter-title")
        if patient:
            with Box("row"):
                Say("", words("audit.of", who=names.get(patient, words("audit.gone", id=patient))))
                Link("/audit", "press", words("audit.everybody"), id="audit-everybody")
        with Box("labelled"):
            Say("", words("audit.pseudonym"), tag="label", **{"for": "audit-search"})
            Field("audit-search", maxlength="64")
        found = Box("choices", role="group", aria_label=words("audit.found"))
        said = Say("hint", id="audit-found", role="status")

        async def find(values: dict[str, str]) -> None:
            found.clear()
            try:
                rows = await to_thread(house.store.patients, values["audit-search"], limit=FOUND)
                rows += await to_thread(
                    house.store.patients, values["audit-search"], archived=True, limit=FOUND
                )
            except PalierError as problem:
                said.say(str(problem))
                return
            said.say(words("audit.found_count", count=len(rows)) if rows else words("audit.nobody"))
            with found:
                for row in rows:
                    Link(_address(row.id), "press", row.pseudonym)

        with Box("row"):
            Hand(find, ["audit-search"], "", text=words("audit.find"), id="audit-find")


def _entries(words: Words, entries: list[AuditEntry], names: dict[str, str]) -> None:
    if not entries:
        Say("", words("audit.nothing"), tag="p")
        return
    with Box("scrolls"), Box("", "table", id="audit-entries"):
        Say("dim small-text", words("audit.latest_first"), tag="caption")
        with Box("", "thead"), Box("", "tr"):
            for key in ("seq", "when", "who", "act", "kind", "detail"):
                Say("", words(f"audit.column_{key}"), tag="th", scope="col")
        with Box("", "tbody"):
            for entry in entries:
                with Box("", "tr"):
                    Say("dim", str(entry.seq), tag="td")
                    Say("", words.when(entry.when), tag="td")
                    Say("", entry.who, tag="td")
                    Say("", words.known(f"audit.act_{entry.act}", entry.act), tag="td")
                    Say("", _of(words, entry, names), tag="td")
                    Say("dim", _detail(words, entry), tag="td")


def _of(words: Words, entry: AuditEntry, names: dict[str, str]) -> str:
    kind = words.known(f"audit.kind_{entry.kind}", entry.kind)
    what = names.get(entry.what, entry.what) if entry.kind == "patient" else entry.what[:16]
    return f"{kind} {what}".strip()


def _detail(words: Words, entry: AuditEntry) -> str:
    """What was looked at, or the fields that were changed, without the version that they made."""
    number, mark, fields = entry.detail.partition(": ")
    names = fields.split(", ") if mark and number.isdigit() else [entry.detail]
    return ", ".join(words.known(f"audit.detail_{name.replace(' ', '_')}", name) for name in names)


def _address(patient: str, before: int = 0) -> str:
    given = {"patient": patient, "before": str(before) if before else ""}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/audit?{query}" if query else "/audit"
