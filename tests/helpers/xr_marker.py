"""A program in the lab: shows a room with one glowing thing in the headset, and says where the eyes are.

Each line on the standard input is a number of frames to play; the answer is a line of JSON with the eyes' views in the
tracked space, the head and the picture's size.
"""

from __future__ import annotations

import json
import sys

from tests.helpers.rooms import Cue, Room, rooms, stage_of
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.registry import open_display
from vr_runtime.protocol.pose import Hands
from vr_runtime.stage.settings import GraphicsSettings

SIZE_M = 0.16
"""Edge of the glowing cube: small, so that its middle is where it is seen."""


class Marker(Room):
    def build(self, kitchen) -> None:
        from vr_runtime.stage.mesh import box

        kitchen.sky((0.2, 0.2, 0.2), (0.2, 0.2, 0.2), (0.2, 0.2, 0.2))
        glow = kitchen.material("thing", colour=(0.0, 0.0, 0.0), emissive=self.glow)
        self.thing = kitchen.mesh("thing", box((SIZE_M,) * 3), glow)


def main() -> None:
    display = open_display("openxr", rate_hz=90.0, clock=RuntimeClock(), graphics=GraphicsSettings())
    stage = stage_of({**rooms(), "room": Marker()}, display.graphics)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        head = None
        for _ in range(int(line)):
            frame = display.begin()
            assert frame is not None
            display.inputs()
            sensed = display.sense(frame)
            head = sensed.head
            stage.play(Cue(parameters={"distance": 3.0}), 0.01, head, Hands())
            display.show(frame, stage.picture(head))
        said = {"head": head, "views": display.views, "guard": display.guard_tripped}
        print(json.dumps(said), flush=True)
    stage.close()
    display.close()


if __name__ == "__main__":
    main()
