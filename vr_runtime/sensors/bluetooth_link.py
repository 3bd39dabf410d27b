"""A connection to one heart-rate strap: found, connected, subscribed to, and taken up again whenever it is lost.

Runs in the sensors' thread. Knows nothing of beats: packets are handed on as they come, with their arrival.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vr_runtime.sensors import bluetooth_words as words
from vr_runtime.sensors import polar_packet as polar
from vr_runtime.sensors.bluetooth_words import StrapError
from vr_runtime.sensors.thread import SensorThread

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

HEART_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"
HEART_MEASUREMENT = "00002a37-0000-1000-8000-00805f9b34fb"
BODY_LOCATION = "00002a38-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"

LOCATIONS = ("other", "chest", "wrist", "finger", "hand", "ear lobe", "foot")

_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
"""Of six bytes, or what macOS gives in its place."""


@dataclass(frozen=True)
class Radio:
    """How to reach Bluetooth. The default is the platform's own; tests bring a radio in software."""

    client: type[BaseBleakClient] | None = None
    scanner: type[BaseBleakScanner] | None = None
    thread: SensorThread | None = None
    """Whose loop the radio lives on; None: each source has a thread of its own."""
    search_s: float = 12.0
    alike_s: float = 2.0
    """After a name was found, for another strap of the same name."""
    connect_s: float = 20.0
    answer_s: float = 3.0
    """For a single question to the strap."""
    quiet_s: float = 20.0
    """Connected and silent for so long: the connection is made anew."""
    pauses_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0)
    """Between tries; the last one for ever."""
    battery_s: float = 300.0
    """Between questions for the battery, where the strap does not tell of it by itself."""


PLATFORM = Radio()


class Wanted(NamedTuple):
    """Which sensor is meant: an address, or a name or the beginning of one."""

    text: str

    @property
    def is_address(self) -> bool:
        return bool(_ADDRESS.fullmatch(self.text))

    def exactly(self, address: str, name: str) -> bool:
        return (address if self.is_address else name).casefold() == self.text.casefold()

    def begins(self, name: str) -> bool:
        return not self.is_address and name.casefold().startswith(self.text.casefold())


class Told(NamedTuple):
    """What the link hands on, in the order in which it happened."""

    arrival_ns: int
    what: str
    """``heart`` or ``ecg`` (with ``data``), or a state: ``connecting``, ``started``, ``reconnecting``, ``failed``,
    ``battery`` (with ``message``)."""
    data: bytes = b""
    message: str = ""


class StrapLink:
    """Keeps a connection to the wanted strap until it is cancelled.

    Args:
        wanted: which one. Once connected, it is only ever the same one again.
        radio: how to reach it.
        now_ns: the runtime's clock, read when a packet arrives.
        tell: takes what happened; called in the sensors' thread, must not block.
        ecg: ask for the ECG where the strap has one.
    """

    def __init__(
        self,
        wanted: str,
        radio: Radio,
        now_ns: Callable[[], int],
        tell: Callable[[Told], None],
        ecg: bool = True,
    ) -> None:
        self._wanted = Wanted(wanted)
        self._radio = radio
        self._now_ns = now_ns
        self._tell = tell
        self._ecg = ecg
        self._known: str | None = None
        self._battery: int | None = None
        self._battery_told = False
        self._asked_battery_ns = 0
        self._failed = ""
        self._started = False
        self._last_heard_ns = 0

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        self._say("connecting")
        tries = 0
        while True:
            why = await self._once()
            if self._started:
                self._started = False
                tries = 0
                self._say("reconnecting", why)
            else:
                self._fail(why)
            pauses = self._radio.pauses_s
            await asyncio.sleep(pauses[min(tries, len(pauses) - 1)])
            tries += 1

    async def _once(self) -> str:
        """Find the strap and stay connected as long as can be; returns why no longer."""
        try:
            return await self._serve(await self._find())
        except asyncio.CancelledError:
            # Bluetooth libraries cancel what waits for an answer when a link breaks; that is not meant for us
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return words.LOST
        except Exception as problem:  # noqa: BLE001  # whatever the system's Bluetooth does, it is tried again
            return words.trouble(problem, self._wanted.text)

    # ------------------------------------------------------------------ finding

    async def _find(self) -> BLEDevice:
        """The wanted strap, seen on the air.

        An address decides at once. A whole name decides if no other strap of that name shows itself, a mere
        beginning of a name if it is the only one of the whole search: nobody else's heart is to be taken for the
        patient's.
        """
        from bleak import BleakScanner

        decided = asyncio.Event()
        exact: dict[str, tuple[BLEDevice, str]] = {}
        likely: dict[str, tuple[BLEDevice, str]] = {}

        def seen(device: BLEDevice, advertised: AdvertisementData) -> None:
            name = (advertised.local_name or device.name or "").strip()
            if self._known is not None:
                fits = device.address == self._known
            else:
                fits = self._wanted.exactly(device.address, name)
                if self._wanted.begins(name):
                    likely[device.address] = (device, name)
            if fits:
                exact[device.address] = (device, name)
                decided.set()

        async with BleakScanner(seen, backend=self._radio.scanner):
            with suppress(TimeoutError):
                await asyncio.wait_for(decided.wait(), self._radio.search_s)
                if self._known is None and not self._wanted.is_address:
                    await asyncio.sleep(self._radio.alike_s)
        found = exact or likely
        if len(found) > 1:
            names = ", ".join(sorted(f"{name} ({device.address})" for device, name in found.values()))
            raise StrapError(words.SEVERAL.format(wanted=self._wanted.text, found=names))
        for device, _ in found.values():
            self._known = device.address
            return device
        raise StrapError(words.NOT_FOUND.format(wanted=self._wanted.text))

    # ------------------------------------------------------------------ one connection

    async def _serve(self, device: BLEDevice) -> str:
        """Stay connected as long as can be; returns why no longer."""
        from bleak import BleakClient

        gone = asyncio.Event()
        radio = self._radio
        client = BleakClient(device, lambda _: gone.set(), timeout=radio.connect_s, backend=radio.client)
        try:
            await asyncio.wait_for(client.connect(), radio.connect_s)
            await self._subscribe(client)
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(gone.wait(), min(radio.battery_s, radio.quiet_s / 4))
                if gone.is_set() or not client.is_connected:
                    return words.LOST
                if (self._now_ns() - self._last_heard_ns) / 1e9 > radio.quiet_s:
                    return words.QUIET.format(seconds=radio.quiet_s)
                await self._ask_battery(client)
        finally:
            with suppress(Exception):
                await asyncio.wait_for(client.disconnect(), radio.answer_s)

    async def _subscribe(self, client: BleakClient) -> None:
        measurement = _characteristic(client, HEART_MEASUREMENT)
        if measurement is None:
            self._known = None
            raise StrapError(words.NO_HEART.format(wanted=self._wanted.text))
        parts = [_where(await self._read(client, BODY_LOCATION))]
        battery = await self._read(client, BATTERY_LEVEL)
        self._asked_battery_ns = self._now_ns()
        self._battery_told = await self._notified(client, BATTERY_LEVEL, self._on_battery)
        if self._ecg and _characteristic(client, polar.DATA) is not None:
            parts.append(await self._start_ecg(client))
        message = ", ".join(part for part in parts if part)

        def heard(_: BleakGATTCharacteristic, data: bytearray) -> None:
            self._last_heard_ns = self._now_ns()
            self._begin(message, battery)
            self._tell(Told(self._last_heard_ns, "heart", bytes(data)))

        self._last_heard_ns = self._now_ns()
        await asyncio.wait_for(client.start_notify(measurement, heard), self._radio.answer_s)
        self._begin(message, battery)

    def _begin(self, message: str, battery: bytes) -> None:
        """Say once that the strap is there: before its first packet, and only if it lets itself be heard."""
        if self._started:
            return
        self._started = True
        self._failed = ""
        self._say("started", message)
        if battery:
            self._on_battery(None, battery)

    # ------------------------------------------------------------------ battery

    async def _ask_battery(self, client: BleakClient) -> None:
        if self._battery_told or (self._now_ns() - self._asked_battery_ns) / 1e9 < self._radio.battery_s:
            return
        self._asked_battery_ns = self._now_ns()
        self._on_battery(None, await self._read(client, BATTERY_LEVEL))

    def _on_battery(self, _: BleakGATTCharacteristic | None, data: bytes | bytearray) -> None:
        if not self._started or not data or data[0] > 100 or data[0] == self._battery:
            return
        self._battery = data[0]
        advice = ": put a new battery in before the next session" if self._battery <= 20 else ""
        self._say("battery", f"battery at {self._battery} %{advice}")

    # ------------------------------------------------------------------ ECG

    async def _start_ecg(self, client: BleakClient) -> str:
        """Ask a Polar strap for its ECG. Whatever comes of it, the heart rate is not affected."""
        answers: asyncio.Queue[polar.ControlAnswer] = asyncio.Queue()

        def answered(_: BleakGATTCharacteristic, data: bytearray) -> None:
            answers.put_nowait(polar.parse_answer(data))

        def sampled(_: BleakGATTCharacteristic, data: bytearray) -> None:
            self._tell(Told(self._now_ns(), "ecg", bytes(data)))

        async def ask(request: bytes) -> polar.ControlAnswer:
            await client.write_gatt_char(polar.CONTROL, request, response=True)
            while (answer := await answers.get()).request != request[0]:
                pass
            return answer

        try:
            async with asyncio.timeout(2.0 * self._radio.answer_s):
                if not polar.offers_ecg(await client.read_gatt_char(polar.CONTROL)):
                    return ""
                await client.start_notify(polar.CONTROL, answered)
                await client.start_notify(polar.DATA, sampled)
                offered = await ask(polar.ASK_SETTINGS)
                if offered.trouble:
                    return f"without ECG ({offered.trouble})"
                if not polar.settings_fit(offered.settings):
                    return f"without ECG (it offers no {polar.RATE_HZ} Hz at {polar.RESOLUTION_BITS} bits)"
                begun = await ask(polar.START_ECG)
        except Exception as problem:  # noqa: BLE001  # of whatever kind: the heart rate is what is needed
            return f"without ECG ({type(problem).__name__})"
        if begun.trouble and begun.error != polar.ALREADY:
            return f"without ECG ({begun.trouble})"
        return f"ECG at {polar.RATE_HZ} Hz"

    # ------------------------------------------------------------------ parts

    async def _read(self, client: BleakClient, uuid: str) -> bytes:
        """What a characteristic holds; empty where there is none or it is not told."""
        found = _characteristic(client, uuid)
        if found is None or "read" not in found.properties:
            return b""
        with suppress(Exception):
            return bytes(await asyncio.wait_for(client.read_gatt_char(found), self._radio.answer_s))
        return b""

    async def _notified(
        self,
        client: BleakClient,
        uuid: str,
        heard: Callable[[BleakGATTCharacteristic, bytearray], None],
    ) -> bool:
        found = _characteristic(client, uuid)
        if found is None or "notify" not in found.properties:
            return False
        with suppress(Exception):
            await asyncio.wait_for(client.start_notify(found, heard), self._radio.answer_s)
            return True
        return False

    def _fail(self, why: str) -> None:
        """Say what is wrong, once as long as it stays the same."""
        if why != self._failed:
            self._failed = why
            self._say("failed", why)

    def _say(self, state: str, message: str = "") -> None:
        self._tell(Told(self._now_ns(), state, message=message))


def _characteristic(client: BleakClient, uuid: str) -> BleakGATTCharacteristic | None:
    """The first of its kind: a strap with two batteries must not be a reason to fail."""
    for service in client.services:
        found = service.get_characteristic(uuid)
        if found is not None:
            return found
    return None


def _where(data: bytes) -> str:
    if not data:
        return ""
    return f"worn on: {LOCATIONS[data[0]]}" if data[0] < len(LOCATIONS) else ""
