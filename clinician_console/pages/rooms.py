"""The pages of the therapist's day, room by room. A room's module has ``pages(house)``, which registers its pages, and
may have ``routes(house, app)`` for what is no page: a download, a picture."""

from __future__ import annotations

from fastapi import FastAPI

from clinician_console.pages import (
    after,
    alone,
    course,
    day,
    exports,
    helping,
    homework,
    patient,
    patients,
    plan_page,
    questionnaires,
    review,
    settings,
    trail,
)
from clinician_console.pages.house import House

ROOMS = (
    day,
    patients,
    patient,
    plan_page,
    questionnaires,
    alone,
    homework,
    after,
    review,
    course,
    exports,
    settings,
    trail,
    helping,
)


def open_rooms(house: House, app: FastAPI) -> None:
    for room in ROOMS:
        room.pages(house)
        if routes := getattr(room, "routes", None):
            routes(house, app)
