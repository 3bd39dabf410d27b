"""Bluetooth in software: a radio by bumble, and what bleak needs to speak through it.

bleak's own ``BleakClient`` and ``BleakScanner`` are what runs on top; only the part that speaks to the operating
system (BlueZ, WinRT, CoreBluetooth) is replaced. Bumble is a whole Bluetooth stack (controller, link layer, HCI, L2CAP,
ATT, GATT) in Python; devices on one :class:`Air` hear each other. Everything here lives on one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble.att import ATT_Error
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData, ProtocolError
from bumble.core import TimeoutError as BumbleTimeout
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.hci import Address, HCI_Error
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink


class Air:
    """The space in which devices hear each other."""

    def __init__(self) -> None:
        self.link = LocalLink()

    async def device(
        self, name: str, address: str, prepare: Callable[[Device], None] | None = None
    ) -> Device:
        """A device with a controller and a host of its own, powered on."""
        controller = Controller(name, link=self.link, public_address=address)
        device = Device(name, Address(address), host=Host(controller, AsyncPipeSink(controller)))
        if prepare is not None:
            prepare(device)
        await device.power_on()
        return device


class Central:
    """The computer's side: bleak's backends for one device in software."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.unavailable: Exception | None = None
        """What the system's Bluetooth says to whoever wants to use it (adapter missing, off, ...)."""
        self.seen: dict[str, Address] = {}
        self._scanners: set[BumbleScanner] = set()
        self.connecting = asyncio.Lock()
        """A controller makes one connection at a time; a system's Bluetooth lets the others wait, as here."""
        device.on("advertisement", self._advertised)
        central = self
        self.Client = type("BumbleClientOfCentral", (BumbleClient,), {"central": central})
        self.Scanner = type("BumbleScannerOfCentral", (BumbleScanner,), {"central": central})

    def _advertised(self, advertisement: Advertisement) -> None:
        address = advertisement.address.to_string(with_type_qualifier=False)
        self.seen[address] = advertisement.address
        for scanner in tuple(self._scanners):
            scanner.advertised(address, advertisement)

    async def listen(self, scanner: BumbleScanner) -> None:
        if self.unavailable is not None:
            raise self.unavailable
        self._scanners.add(scanner)
        if not self.device.is_scanning:
            await self.device.start_scanning(filter_duplicates=False)

    async def ignore(self, scanner: BumbleScanner) -> None:
        self._scanners.discard(scanner)
        if not self._scanners and self.device.is_scanning:
            await self.device.stop_scanning()


class BumbleScanner(BaseBleakScanner):
    """bleak's port of a scanner."""

    central: Central

    def __init__(
        self,
        detection_callback: Any,
        service_uuids: list[str] | None,
        scanning_mode: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        await self.central.listen(self)

    async def stop(self) -> None:
        await self.central.ignore(self)

    def advertised(self, address: str, advertisement: Advertisement) -> None:
        told = advertisement.data
        uuids = [
            _uuid(uuid)
            for kind in (
                AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
            )
            for listed in told.get_all(kind)
            for uuid in _uuids(listed)
        ]
        if not self.is_allowed_uuid(uuids):
            return
        name = told.get(AdvertisingData.COMPLETE_LOCAL_NAME) or told.get(AdvertisingData.SHORTENED_LOCAL_NAME)
        data = AdvertisementData(
            local_name=None if name is None else str(name),
            manufacturer_data={},
            service_data={},
            service_uuids=uuids,
            tx_power=None,
            rssi=advertisement.rssi,
            platform_data=(advertisement,),
        )
        device = self.create_or_update_device(address, address, data.local_name, advertisement.address, data)
        self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    """bleak's port of a client."""

    central: Central

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._subscribers: dict[int, Callable[[Any], None]] = {}

    @property
    def name(self) -> str:
        return self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection is not None else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        if self.central.unavailable is not None:
            raise self.central.unavailable
        if self._connection is not None:
            raise BleakError("already connected")
        address = self.central.seen.get(self.address)
        if address is None:
            raise BleakDeviceNotFoundError(self.address, f"{self.address} was not found")
        try:
            async with self.central.connecting:
                connection = await self.central.device.connect(address, timeout=self._timeout)
        except (ProtocolError, HCI_Error, BumbleTimeout) as problem:
            raise BleakError(f"no connection: {problem}") from problem
        self._connection = connection
        connection.once("disconnection", self._disconnected)
        try:
            self._peer = Peer(connection)
            await self._asked(self._peer.request_mtu(247))
            self.services = await self._asked(self._discover(self._peer))
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        connection = self._connection
        if connection is not None:
            self._disconnected_callback = None
            await connection.disconnect()

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise BleakError("heart straps are not bonded with, so nobody should ask for it")

    async def unpair(self) -> None:
        raise BleakError("heart straps are not bonded with, so nobody should ask for it")

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await self._asked(characteristic.obj.read_value()))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await self._asked(descriptor.obj.read_value()))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: Any, response: bool
    ) -> None:
        await self._asked(characteristic.obj.write_value(bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        await self._asked(descriptor.obj.write_value(bytes(data), with_response=True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **kwargs: Any
    ) -> None:
        def heard(value: bytes) -> None:
            callback(bytearray(value))

        self._subscribers[characteristic.handle] = heard
        await self._asked(characteristic.obj.subscribe(heard))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        heard = self._subscribers.pop(characteristic.handle, None)
        if heard is not None:
            await self._asked(characteristic.obj.unsubscribe(heard))

    # ------------------------------------------------------------------ parts

    async def _asked(self, question: Any) -> Any:
        if self._connection is None:
            question.close()
            raise BleakError("Not connected")
        gone = asyncio.get_running_loop().create_future()
        self._connection.once("disconnection", lambda *_: gone.done() or gone.set_result(None))
        asking = asyncio.ensure_future(question)
        try:
            await asyncio.wait((asking, gone), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise BleakError("disconnected")
            return asking.result()
        except ATT_Error as problem:
            raise BleakGATTProtocolError(problem.error_code or 0) from problem
        except (ProtocolError, BumbleTimeout) as problem:
            raise BleakError(str(problem)) from problem
        finally:
            asking.cancel()

    def _disconnected(self, reason: int) -> None:
        self._connection = None
        self._peer = None
        self.services = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            own = BleakGATTService(service, service.handle, _uuid(service.uuid))
            found.add_service(own)
            for characteristic in await service.discover_characteristics():
                shown = BleakGATTCharacteristic(
                    characteristic,
                    characteristic.handle,
                    _uuid(characteristic.uuid),
                    list(gatt_char_props_to_strs(int(characteristic.properties))),
                    lambda: self.mtu_size - 3,
                    own,
                )
                found.add_characteristic(shown)
                for descriptor in await characteristic.discover_descriptors():
                    found.add_descriptor(
                        BleakGATTDescriptor(descriptor, descriptor.handle, _uuid(descriptor.type), shown)
                    )
        return found


def _uuid(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _uuids(listed: Any) -> list[Any]:
    return list(listed) if isinstance(listed, list | tuple) else [listed]
