"""The plan builder: left the shelf of scenes, right the patient's ladder from easy to hard."""

from __future__ import annotations

from asyncio import to_thread

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse

from clinician_console.clinic.entries import Patient, StoredPlan
from clinician_console.pages.elements import Box
from clinician_console.pages.house import House
from clinician_console.pages.plan_desk import PlanDesk
from clinician_console.pages.plan_ladder import Ladder
from clinician_console.pages.plan_scenes import SceneShelf
from clinician_console.pages.plan_top import Frame, Standing, Top
from clinician_console.pages.shell import page, shell
from clinician_console.plans.draft import draft_of
from clinician_console.plans.files import file_name, to_toml
from vr_runtime.protocol.errors import PalierError


def pages(house: House) -> None:
    @page(house, "/plans/{plan}")
    async def plan(plan: str) -> None:
        stored, patient = await to_thread(_gather, house, plan)
        scenes = await to_thread(house.catalogue.scenes)
        treatments = await to_thread(house.catalogue.treatments)
        title = patient.pseudonym if patient else ""
        with shell(house, "patients", title=title, styles=("patients", "plans"), scripts=("plans",)) as words:
            desk = PlanDesk(house, words, stored, patient, scenes, treatments)
            frame, standing = Frame(desk), Standing(desk)
            top = Top(desk)
            with Box("builder"):
                sceneshelf = SceneShelf(desk)
                ladder = Ladder(desk)
            desk.parts = [frame, top, sceneshelf, ladder, standing]
            desk.show(anew=True)


def _gather(house: House, plan: str) -> tuple[StoredPlan, Patient | None]:
    stored = house.store.plan(plan)
    return stored, house.store.patient(stored.patient) if stored.patient else None


def routes(house: House, app: FastAPI) -> None:
    """Pictures of steps, and a plan as a file. The guard stands before both."""

    @app.get("/pictures/{scene}/{step}")
    def picture(scene: str, step: int) -> Response:
        manifest = house.catalogue.scenes().get(scene)
        if manifest is None or not 0 <= step <= len(manifest.hierarchy):
            return Response(status_code=404)
        path = house.pictures.get(manifest, step)
        if path is None:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        return FileResponse(path, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    @app.get("/plans/{plan}/file")
    def file(plan: str) -> Response:
        try:
            draft = draft_of(house.store.plan(plan).body)
            house.store.note_act("exported", "plan", plan, "toml")
        except PalierError:
            return Response(status_code=404)
        headers = {
            "Content-Disposition": f'attachment; filename="{file_name(draft)}"',
            "Cache-Control": "no-store",
        }
        return Response(to_toml(draft).encode(), media_type="application/toml", headers=headers)
