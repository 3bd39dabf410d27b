"""Loaded by the process that runtimes and consoles of a storm are forked from: all that they would import."""

import numpy as np  # noqa: F401  (no thread may be running when it forks)

import tests.helpers.storm as _storm
from vr_runtime.assemble import plan_for_scene
from vr_runtime.catalogue import NEEDED, find_scenes, pick
from vr_runtime.record.database import describe_sqlcipher

_packs = find_scenes()
plan_for_scene(_packs, "heights")
for _name in (*NEEDED, "heights"):
    pick(dict(_packs), _name).create()
describe_sqlcipher()
assert _storm
