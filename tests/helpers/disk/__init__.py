"""A pretended disk for tests: one that loses power, is slow, is full or fails (see ``shim.c``)."""

from tests.helpers.disk.disk import Disk, Shim, build_shim
from tests.helpers.disk.powercut import Change, Operation, cut_power, read_changes

__all__ = ["Change", "Disk", "Operation", "Shim", "build_shim", "cut_power", "read_changes"]
