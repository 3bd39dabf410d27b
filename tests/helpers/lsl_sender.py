"""A program that sends RR intervals by LSL: ``NAME SOURCE_ID``; a JSON command a line (see ``tests.helpers.lsl``)."""

import json
import os
import sys
import time

import pylsl  # pyright: ignore[reportMissingImports]


def main() -> None:
    name, source_id = sys.argv[1:]
    info = pylsl.StreamInfo(name, "RR", 1, 0.0, "float32", source_id)
    channel = info.desc().append_child("channels").append_child("channel")
    channel.append_child_value("label", "RR")
    channel.append_child_value("unit", "ms")
    outlet = pylsl.StreamOutlet(info)
    print("ready", flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command.get("die"):
            os._exit(1)
        outlet.wait_for_consumers(30.0)
        rows = []
        for interval in command["intervals"]:
            before = time.time_ns()
            stamp = pylsl.local_clock()
            after = time.time_ns()
            outlet.push_sample([interval], stamp)
            rows.append((interval, stamp, before, after))
            time.sleep(command["pause"])
        print(json.dumps(rows), flush=True)


if __name__ == "__main__":
    main()
