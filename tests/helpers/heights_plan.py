"""A small heights scene and its plan, for tests that need a manifest and no scene."""

from vr_runtime.protocol.files.manifest import (
    Category,
    ChoiceParameter,
    NumberParameter,
    SceneManifest,
    SceneStep,
    Stimulus,
    Text,
    Trigger,
    Unit,
)
from vr_runtime.protocol.files.plan import Plan, plan_of_scene

STEPS = (
    ("ground", "On the ground, looking up", "Au sol, regard vers le haut", 0.0, 1.1, "solid"),
    ("first_floor", "First floor, solid rail", "Premier étage, garde-corps plein", 3.0, 1.1, "solid"),
    ("look_down", "First floor, looking down", "Premier étage, regard vers le bas", 3.0, 1.0, "solid"),
    ("glass_rail", "Fifth floor, glass rail", "Cinquième étage, garde-corps en verre", 15.0, 1.1, "glass"),
    ("at_the_edge", "Fifth floor, at the edge", "Cinquième étage, au bord", 15.0, 1.0, "glass"),
    ("low_rail", "Rail lowered to 0.5 m", "Garde-corps abaissé à 0,5 m", 15.0, 0.5, "glass"),
    ("no_rail", "Twenty metres, no rail", "Vingt mètres, sans garde-corps", 20.0, 0.0, "none"),
    ("glass_floor", "Thirty metres, glass floor", "Trente mètres, plancher de verre", 30.0, 0.0, "none"),
    ("beam", "A narrow ledge over forty metres", "Une corniche étroite à quarante mètres", 40.0, 0.0, "none"),
    ("lift", "Open lift, wind and sway", "Ascenseur ouvert, vent et balancement", 60.0, 0.0, "none"),
)

HEIGHTS = SceneManifest(
    id="heights",
    version="1",
    names=Text(en="Heights: a roof terrace", fr="Hauteurs : un toit-terrasse"),
    category=Category.PHOBIA,
    parameters=(
        NumberParameter(
            id="height", name=Text(en="Height", fr="Hauteur"), unit=Unit.METRE, min=0, max=150, default=0,
            harder="up", blink=True,
        ),
        NumberParameter(
            id="rail_height", name=Text(en="Rail height", fr="Hauteur du garde-corps"), unit=Unit.METRE,
            min=0, max=1.2, default=1.1, harder="down", slew=0.2,
        ),
        ChoiceParameter(
            id="rail_kind", name=Text(en="Rail kind", fr="Type de garde-corps"),
            choices=("solid", "bars", "glass", "none"),
            labels={
                "solid": Text(en="solid", fr="plein"), "bars": Text(en="bars", fr="barreaux"),
                "glass": Text(en="glass", fr="verre"), "none": Text(en="none", fr="aucun"),
            },
            default="solid", harder="order",
        ),
        NumberParameter(
            id="floor_opacity", name=Text(en="Floor opacity", fr="Opacité du sol"), unit=Unit.RATIO, min=0,
            max=1, default=1, harder="down", slew=0.25,
        ),
        NumberParameter(
            id="wind", name=Text(en="Wind", fr="Vent"), unit=Unit.METRE_PER_SECOND, min=0, max=12, default=1,
            harder="up", slew=1,
        ),
        NumberParameter(
            id="hour", name=Text(en="Time of day", fr="Heure du jour"), unit=Unit.HOUR, min=6, max=22,
            default=12, harder="neither", slew=2,
        ),
    ),
    hierarchy=tuple(
        SceneStep(
            id=name, name=Text(en=en, fr=fr), preset={"height": height, "rail_height": rail, "rail_kind": kind},
            goal=Text(en="Stay until you could describe the view", fr="Rester jusqu’à pouvoir décrire la vue"),
            minimum_s=120,
        )
        for name, en, fr, height, rail, kind in STEPS
    ),
    triggers=(
        Trigger(id="gust", name=Text(en="Gust of wind", fr="Rafale de vent"), cooldown_s=5),
        Trigger(id="horn", name=Text(en="Car horn below", fr="Klaxon en bas"), cooldown_s=5),
    ),
    stimuli=(Stimulus(id="edge", name=Text(en="the edge", fr="le bord"), near_m=0.5, goal_m=0.2),),
)  # fmt: skip

PLAN: Plan = plan_of_scene(HEIGHTS)
CALM = SceneManifest(
    id="calm",
    version="1",
    names=Text(en="A meadow", fr="Une prairie"),
    category=Category.CALM,
    parameters=(
        ChoiceParameter(
            id="guide", name=Text(en="Breathing guide", fr="Guide respiratoire"), choices=("off", "seen", "both"),
            default="off", harder="neither",
        ),
        NumberParameter(
            id="pace", name=Text(en="Breaths a minute", fr="Respirations par minute"), unit=Unit.COUNT, min=3,
            max=10, default=6, harder="neither", slew=0.5,
        ),
    ),
)  # fmt: skip
"""A safe place with parameters of its own."""
SCENES = (HEIGHTS, CALM)
