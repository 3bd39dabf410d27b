"""Heart-rate straps in software: what a Bluetooth strap offers and sends, on a bumble device."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence

from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

from tests.helpers.bumble_backend import Air
from vr_runtime.sensors import polar_packet as polar

HEART_SERVICE = UUID.from_16_bits(0x180D)
BATTERY_SERVICE = UUID.from_16_bits(0x180F)
DEVICE_INFORMATION = UUID.from_16_bits(0x180A)

ECG_SETTINGS = bytes((0x00, 0x01, 0x82, 0x00, 0x01, 0x01, 0x0E, 0x00))


class SoftStrap:
    """One strap. Everything is called on the event loop that the air lives on."""

    def __init__(
        self,
        name: str,
        *,
        heart: bool = True,
        battery: int | None = 80,
        ecg: bool = False,
        tells_battery: bool = True,
    ) -> None:
        self.name = name
        self.device: Device
        self.battery = battery
        self.requests: list[bytes] = []
        """What was written to the control point of the ECG."""
        self.refuse_ecg = 0
        self.settings = ECG_SETTINGS
        read, notify = Characteristic.Properties.READ, Characteristic.Properties.NOTIFY
        self.measurement = Characteristic(UUID.from_16_bits(0x2A37), notify, Characteristic.Permissions(0))
        location = Characteristic(UUID.from_16_bits(0x2A38), read, Characteristic.READABLE, bytes((1,)))
        self.level = Characteristic(
            UUID.from_16_bits(0x2A19),
            read | notify if tells_battery else read,
            Characteristic.READABLE,
            CharacteristicValue(read=lambda _: bytes((self.battery or 0,))),
        )
        self.control = Characteristic(
            UUID(polar.CONTROL),
            read | Characteristic.Properties.WRITE | Characteristic.Properties.INDICATE,
            Characteristic.READABLE | Characteristic.WRITEABLE,
            CharacteristicValue(read=lambda _: bytes((0x0F, 0x05)), write=self._asked),
        )
        self.data = Characteristic(UUID(polar.DATA), notify, Characteristic.Permissions(0))
        self.services = [Service(DEVICE_INFORMATION, [])]
        if heart:
            self.services.append(Service(HEART_SERVICE, [self.measurement, location]))
        if battery is not None:
            self.services.append(Service(BATTERY_SERVICE, [self.level]))
        if ecg:
            self.services.append(Service(UUID(polar.SERVICE), [self.control, self.data]))
        self._advertises = HEART_SERVICE if heart else DEVICE_INFORMATION
        self._answers: set[asyncio.Task[None]] = set()

    async def appear(self, air: Air, address: str) -> SoftStrap:
        """Come to life and be seen."""
        self.device = await air.device(self.name, address, lambda device: device.add_services(self.services))
        await self.advertise()
        return self

    async def advertise(self) -> None:
        told = AdvertisingData(
            [
                (
                    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                    self._advertises.to_pdu_bytes(),
                ),
                (AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode()),
            ]
        )
        await self.device.start_advertising(
            advertising_data=bytes(told),
            auto_restart=True,
            advertising_interval_min=20.0,
            advertising_interval_max=20.0,
        )

    async def hide(self) -> None:
        """Not to be found any more."""
        await self.device.stop_advertising()

    @property
    def connections(self) -> list[Connection]:
        return list(self.device.connections.values())

    def heard(self, characteristic: Characteristic | None = None) -> bool:
        """Whether somebody is subscribed."""
        handle = (characteristic or self.measurement).handle
        return any(told.get(handle, b"\0\0")[0] for told in self.device.gatt_server.subscribers.values())

    async def send(self, packet: bytes) -> None:
        await self.device.notify_subscribers(self.measurement, packet)

    async def beat(self, rr: Sequence[int], bpm: int = 70, *, contact: bool | None = True) -> None:
        """A measurement with intervals in 1/1024 s."""
        await self.send(measurement(rr, bpm, contact=contact))

    async def tell_battery(self, level: int) -> None:
        self.battery = level
        await self.device.notify_subscribers(self.level, bytes((level,)))

    async def send_ecg(self, sensor_ns: int, microvolts: Sequence[int]) -> None:
        frame = bytes((polar.ECG,)) + struct.pack("<QB", sensor_ns, 0)
        frame += b"".join(value.to_bytes(3, "little", signed=True) for value in microvolts)
        await self.device.notify_subscribers(self.data, frame)

    async def cut(self) -> None:
        """The link breaks."""
        for connection in self.connections:
            await connection.disconnect()

    async def _asked(self, connection: Connection, request: bytes) -> None:
        self.requests.append(request)
        error = self.refuse_ecg if request[0] == 0x02 else 0
        answer = bytes((0xF0, request[0], request[1], error, 0)) + (
            self.settings if request[0] == 0x01 else b""
        )
        # the answer is an indication of its own, after the write was acknowledged
        task = asyncio.ensure_future(self.device.indicate_subscribers(self.control, answer))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)


def measurement(rr: Sequence[int], bpm: int = 70, *, contact: bool | None = True) -> bytes:
    """A Heart Rate Measurement with intervals in 1/1024 s."""
    flags = (0x10 if rr else 0) | {None: 0x00, False: 0x04, True: 0x06}[contact]
    return bytes((flags, bpm)) + b"".join(units.to_bytes(2, "little") for units in rr)
