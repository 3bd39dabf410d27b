"""The virtual patient: head, hands, arousal and ratings that answer a scene. See docs/virtual-patient.md."""

from vr_runtime.patient.kinds import LIBRARY, Kind, kind
from vr_runtime.patient.memory import Memory
from vr_runtime.patient.perceived import Perceived
from vr_runtime.patient.traits import Traits
from vr_runtime.patient.virtual import VirtualPatient

__all__ = ["LIBRARY", "Kind", "Memory", "Perceived", "Traits", "VirtualPatient", "kind"]
