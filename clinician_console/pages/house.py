"""What all pages of one console share: the clinic's data, the session's core, language and colours, and how a session
is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clinician_console.clinic.entries import Patient, StoredPlan
from clinician_console.clinic.port import ClinicStore
from clinician_console.core import ConsoleCore
from clinician_console.core.elsewhere import OtherComputer
from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.core.headset import HeadsetLook
from clinician_console.core.keeper import SessionKeeper
from clinician_console.core.launch import Launch, Where, order_for, run_arguments
from clinician_console.core.link import RuntimeLink
from clinician_console.core.local import LocalRuntimeProcess
from clinician_console.core.snapshot import LocalRuntime
from clinician_console.export.job import ExportDesk
from clinician_console.pages.lent import Lent
from clinician_console.plans.draft import draft_of
from clinician_console.plans.files import to_toml
from clinician_console.plans.pictures import Pictures
from clinician_console.plans.scene_catalogue import SceneCatalogue
from clinician_console.words import LANGUAGES, Words
from vr_runtime.link.keys import palier_home
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.record import KeySource
from vr_runtime.record.past import past_ratings

MOST_HISTORY = 1000
"""Ratings of earlier sessions that another computer is told, the latest; more than six sessions have."""


@dataclass
class House:
    """Made once, before the server; everything in it may be used from the page server's loop.

    ``local``: what starts a runtime on this computer; None: nothing does. ``other``: asks the computer of a paired
    runtime; it counts wherever one is chosen.
    """

    core: ConsoleCore
    store: ClinicStore
    keeper: SessionKeeper
    records: Path
    key: KeySource
    key_file: Path | None = None
    link: RuntimeLink | None = None
    local: LocalRuntimeProcess | None = None
    other: OtherComputer | None = None
    headset: HeadsetLook = field(default_factory=HeadsetLook)
    safety_port: int = 0
    fixed_language: str = ""
    """What the command line says; the clinic's setting otherwise."""
    trouble: str = ""
    """Why a session could not be entered into the clinic's data; empty where it could."""
    lent: Lent = field(default_factory=Lent)
    """Browsers that are in a patient's hands."""
    catalogue: SceneCatalogue = field(init=False)
    pictures: Pictures = field(init=False)
    exports: ExportDesk = field(init=False)

    def __post_init__(self) -> None:
        self.catalogue = SceneCatalogue(lambda: self.core.snapshot().scenes)
        self.pictures = Pictures(palier_home() / "pictures", self.playing)
        if self.other is None and self.link is not None:
            link = self.link
            self.other = OtherComputer(lambda: link.runtime)
        self.exports = ExportDesk(self.store, palier_home() / "exports", lambda: self.core.snapshot().live)

    def playing(self) -> bool:
        """Whether a session is on, or a runtime that this console started is running: nothing else may take its time."""
        return self.core.snapshot().live or (self.local is not None and self.local.state().word == "running")

    @property
    def language(self) -> str:
        language = self.store.settings().get("language") or self.fixed_language
        return language if language in LANGUAGES else "en"

    @property
    def words(self) -> Words:
        return Words(self.language)

    @property
    def theme(self) -> str:
        return self.store.settings().get("theme", "auto")

    def speak(self, language: str) -> None:
        self.store.set_setting("language", language)

    def paint(self, theme: str) -> None:
        self.store.set_setting("theme", theme)

    @property
    def first_time(self) -> bool:
        """Nobody has taken the walk through the session page yet, and no person is in a session."""
        now = self.core.snapshot()
        return self.store.settings().get("toured") != "yes" and (now.practice or not now.live)

    def toured(self) -> None:
        self.store.set_setting("toured", "yes")

    @property
    def elsewhere(self) -> OtherComputer | None:
        """The computer that plays the sessions, where it is not this one."""
        return self.other if self.other is not None and self.other.place is not None else None

    def played(self) -> LocalRuntime:
        """The runtime that this console started, here or on the computer that is chosen."""
        if self.elsewhere is not None:
            return self.elsewhere.session()
        return LocalRuntime() if self.local is None else self.local.state()

    def open_session(
        self, patient: Patient, plan: StoredPlan | None, where: Where, earlier: Sequence[str]
    ) -> None:
        """Start a runtime for that patient, on this computer or on the one that is chosen; the session appears in the
        store when it is there. Blocks while another computer is asked, until the session is ready there.

        Raises:
            ConsoleError: NOT_STARTED: a session is on already, or the process cannot be made;
                :class:`~clinician_console.core.elsewhere.NotOpened` of another computer.
            ValueError: the plan is unfinished.
        """
        if plan is not None:
            Plan.model_validate(plan.body)
        file = to_toml(draft_of(plan.body)) if plan is not None else ""
        history = past_ratings([(Path(record), self.key) for record in earlier])
        launch = Launch(patient, file, where, history=history[-MOST_HISTORY:])
        plan_id = plan.id if plan is not None else ""
        if self.elsewhere is not None:
            self.elsewhere.open(launch, lambda: self.keeper.expect(patient, plan_id))
            return
        if self.local is None:
            raise ConsoleError(
                ConsoleReason.NOT_STARTED, "this console starts no runtime: start the session by hand"
            )
        self.local.start(run_arguments(launch, self.records, self.key_file), order_for(launch))
        self.keeper.expect(patient, plan_id)

    def practise(self) -> None:
        """A session in a window with the virtual patient. Blocks and raises as :meth:`open_session`."""
        self.open_session(self.store.practice_patient(), None, "window", ())

    def look(self) -> None:
        """Enter what has begun or ended; once a second, on a thread of its own. What fails is tried again."""
        try:
            self.keeper.look(self.core.snapshot())
            self.trouble = ""
        except PalierError as problem:
            self.trouble = str(problem)

    def close(self) -> None:
        self.pictures.close()
        self.headset.close()


Pages = Callable[[House], None]
"""Registers the pages of one room with NiceGUI."""
