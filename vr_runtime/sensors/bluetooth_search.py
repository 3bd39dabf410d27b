"""A search for heart-rate straps in reach."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

from vr_runtime.sensors import bluetooth_link
from vr_runtime.sensors.bluetooth_link import HEART_SERVICE, Radio
from vr_runtime.sensors.bluetooth_words import trouble
from vr_runtime.sensors.port import FoundSensor
from vr_runtime.sensors.thread import SensorThread

WITH_ECG = "polar h10"
"""What the names of straps begin with whose ECG can be taken: an advertisement does not tell of it."""

_STARTING_S = 8.0
"""For the system's Bluetooth to begin with the search."""


class BluetoothSearch:
    """Looks for sensors that advertise the heart-rate service, for ``seconds``."""

    def __init__(self, seconds: float = 8.0, radio: Radio | None = None) -> None:
        self._radio = bluetooth_link.PLATFORM if radio is None else radio
        self._seconds = seconds
        self._found: dict[str, FoundSensor] = {}
        self._problem = ""
        self._closed = False
        self._own_thread = SensorThread() if self._radio.thread is None else None
        thread = self._radio.thread or self._own_thread
        assert thread is not None
        self._search: Future[None] = thread.run(self._look())

    def found(self) -> tuple[FoundSensor, ...]:
        """The strongest signal first."""
        return tuple(sorted(self._found.copy().values(), key=lambda one: (-(one.signal or -999), one.name)))

    @property
    def problem(self) -> str:
        return self._problem

    @property
    def over(self) -> bool:
        return self._search.done()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._search.cancel()
        if self._own_thread is not None:
            self._own_thread.close_soon()

    async def _look(self) -> None:
        from bleak import BleakScanner
        from bleak.backends.device import BLEDevice
        from bleak.backends.scanner import AdvertisementData

        def seen(device: BLEDevice, advertised: AdvertisementData) -> None:
            name = (advertised.local_name or device.name or "").strip()
            before = self._found.get(device.address)
            if not name and before is not None:
                name = before.name
            tells = ("heart", "ecg") if name.casefold().startswith(WITH_ECG) else ("heart",)
            self._found[device.address] = FoundSensor(
                f"ble:{device.address}", name or "(no name)", tells, advertised.rssi
            )

        try:
            scanner = BleakScanner(seen, [HEART_SERVICE], backend=self._radio.scanner)
            await asyncio.wait_for(scanner.start(), _STARTING_S)
            try:
                await asyncio.sleep(self._seconds)
            finally:
                await scanner.stop()
        except Exception as problem:  # noqa: BLE001  # whatever the system's Bluetooth does becomes a sentence
            self._problem = trouble(problem, "Bluetooth")
