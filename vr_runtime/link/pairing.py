"""Pairing of two machines by a short code: the exchange, without sockets. Bytes and times go in, bytes come out.

::

    console                                     runtime
    HELLO   versions, X   ------------------>
            <--------------------------------   OFFER   Y
    PROOF   MAC           ------------------>           a try is counted, then the MAC is looked at
            <--------------------------------   WELCOME MAC, sealed card
    CARD    sealed card   ------------------>           the console is stored
            <--------------------------------   DONE    sealed
    the runtime is stored

X and Y are SPAKE2's messages (Ed25519): without the code they are random points. The key they lead to depends on the
code, on both roles and versions, and on X and Y; every later key is derived from it and from all that was said so far.
The console proves itself first, so that whoever calls without the code gets nothing that depends on it but a refusal.
A card (name, CURVE public key, port) is sealed with AES-256-GCM under the confirmed key. ``docs/protocol.md`` has the
bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Callable
from enum import IntEnum
from typing import Any, cast

import spake2  # pyright: ignore[reportMissingTypeStubs]
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, ValidationError
from spake2.ed25519_basic import NotOnCurve  # pyright: ignore[reportMissingTypeStubs]

from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import is_key
from vr_runtime.link.paired import MOST_NAME, MOST_PORT, NAME
from vr_runtime.protocol.base import Tolerant
from vr_runtime.protocol.version import PROTOCOL_VERSION

PAIRING_VERSION = 1
MAJOR = int(PROTOCOL_VERSION.split(".")[0])
SECOND = 1_000_000_000

TRIES = 5
LIFE_NS = 120 * SECOND
MOST_CALLS = 100
"""Callers a code answers, right or wrong: each costs the machine some milliseconds, and a session may be running."""
MOST_MESSAGE = 1024
"""Bytes of a message."""

_MAC = 32
_POINT = 33  # SPAKE2's mark of the side, and a point of Ed25519


class Kind(IntEnum):
    """First byte of every message."""

    HELLO = 1
    OFFER = 2
    PROOF = 3
    WELCOME = 4
    CARD = 5
    DONE = 6
    REFUSED = 7


class No(IntEnum):
    """Second byte of REFUSED: why. Not sealed, so it is a hint and no more."""

    VERSION = 1
    WRONG_CODE = 2
    OVER = 3
    MALFORMED = 4
    NOT_STORED = 5


class Card(Tolerant):
    """What each side tells the other under the confirmed key."""

    name: str = Field(min_length=1, max_length=MOST_NAME, pattern=NAME)
    public: str = Field(min_length=40, max_length=40)
    """z85 of its CURVE public key."""
    port: int = Field(default=0, ge=0, le=MOST_PORT)
    """The runtime's: first of the link's five; 0 from a console."""


class PairingRefused(LinkError):
    """This conversation is over. ``reply`` is the last message to the other side, where it is to get one."""

    def __init__(self, reason: LinkReason, message: str, no: No | None = None) -> None:
        super().__init__(reason, message)
        self.reply = None if no is None else bytes((Kind.REFUSED, no))


# ------------------------------------------------------------------ the runtime's side


class Offer:
    """One code: who shows it, its tries and its time. Times are ns of any monotonic clock."""

    def __init__(self, code: str, card: Card, now_ns: int) -> None:
        self.wrong = 0
        """Tries that failed."""
        self.calls = 0
        self.paired: Card | None = None
        """The console, once it is paired; the code is used up then."""
        self._code = code
        self._card = card
        self._ends_ns = now_ns + LIFE_NS

    def left_ns(self, now_ns: int) -> int:
        return max(0, self._ends_ns - now_ns)

    def over(self, now_ns: int) -> str:
        """Why this code is worth nothing any more, in words; empty while it is."""
        if self.paired is not None:
            return "the code was used"
        if self.wrong >= TRIES:
            return f"the code was tried {TRIES} times in vain"
        if not self.left_ns(now_ns):
            return f"the code's {LIFE_NS // SECOND // 60} minutes are over"
        if self.calls > MOST_CALLS:
            return f"more than {MOST_CALLS} callers came: somebody on the network is in the way"
        return ""

    def call(self) -> RuntimeSide:
        """Somebody connects."""
        self.calls += 1
        return RuntimeSide(self, self._code, self._card)


class RuntimeSide:
    """One conversation with whoever called. ``store`` is handed to :meth:`hear` by whoever keeps the keys."""

    def __init__(self, offer: Offer, code: str, card: Card) -> None:
        self._offer = offer
        self._code = code
        self._card = card
        self._keys: _Keys | None = None
        self._proven = False
        self._ended = False

    def hear(self, message: bytes, now_ns: int, store: Callable[[Card], None]) -> bytes:
        """The reply to a message. After DONE the conversation is over.

        Raises:
            PairingRefused: CODE_WRONG, PAIRING_OVER, PAIRING_BROKEN: send its ``reply`` and hang up; nothing more is
                heard here.
            LinkError: what ``store`` raises; the code stays as it was.
        """
        if self._ended:
            raise _malformed("a message after the end")
        self._ended = True
        reply = self._reply(message, now_ns, store)
        self._ended = self._offer.paired is not None
        return reply

    def _reply(self, message: bytes, now_ns: int, store: Callable[[Card], None]) -> bytes:
        why = self._offer.over(now_ns)
        if why:
            raise PairingRefused(LinkReason.PAIRING_OVER, why, No.OVER)
        kind = message[0] if 0 < len(message) <= MOST_MESSAGE else 0
        if kind == Kind.HELLO and self._keys is None:
            return self._on_hello(message)
        if kind == Kind.CARD and self._keys is not None and self._proven:
            return self._on_card(self._keys, message, store)
        if self._keys is not None and not self._proven:
            return self._on_proof(self._keys, message)
        raise _malformed("a message that is none, or out of its turn")

    def _on_hello(self, message: bytes) -> bytes:
        if message[1:3] != bytes((PAIRING_VERSION, MAJOR)):
            raise PairingRefused(LinkReason.PAIRING_BROKEN, "a console of another version", No.VERSION)
        if len(message) != 3 + _POINT:
            raise _malformed("a greeting that is none")
        side = _side(spake2.SPAKE2_B, self._code)
        offer = bytes((Kind.OFFER,)) + cast(bytes, side.start())
        self._keys = _Keys(_finish(side, message[3:]), message, offer)
        return offer

    def _on_proof(self, keys: _Keys, message: bytes) -> bytes:
        # Counted before it is looked at, whatever it is: who got an OFFER has one guess.
        self._offer.wrong += 1
        if not hmac.compare_digest(message, bytes((Kind.PROOF,)) + keys.console_mac):
            raise PairingRefused(LinkReason.CODE_WRONG, "a wrong code", No.WRONG_CODE)
        self._offer.wrong -= 1
        self._proven = True
        return bytes((Kind.WELCOME,)) + keys.runtime_mac + keys.seal(Kind.WELCOME, _pack(self._card))

    def _on_card(self, keys: _Keys, message: bytes, store: Callable[[Card], None]) -> bytes:
        card = _unpack(keys.unseal(Kind.CARD, message[1:]))
        store(card)
        self._offer.paired = card
        return bytes((Kind.DONE,)) + keys.seal(Kind.DONE, b"")


# ------------------------------------------------------------------ the console's side


class ConsoleSide:
    """One conversation with whoever answered. One try: for another one the code is typed again."""

    def __init__(self, code: str, card: Card) -> None:
        self._card = card
        self._side = _side(spake2.SPAKE2_A, code)
        self._hello = bytes((Kind.HELLO, PAIRING_VERSION, MAJOR)) + cast(bytes, self._side.start())
        self._keys: _Keys | None = None
        self._runtime: Card | None = None
        self.paired: Card | None = None
        """The runtime, once it has said that it has stored this console."""

    def hello(self) -> bytes:
        return self._hello

    def hear(self, message: bytes) -> bytes | None:
        """The next message to send; None once :attr:`paired` is there.

        Raises:
            PairingRefused: CODE_WRONG, PAIRING_OVER, PAIRING_BROKEN: hang up.
        """
        kind = message[0] if 0 < len(message) <= MOST_MESSAGE else 0
        if kind == Kind.REFUSED:
            raise _refused(message[1] if len(message) == 2 else 0)
        if kind == Kind.OFFER and self._keys is None and len(message) == 1 + _POINT:
            self._keys = _Keys(_finish(self._side, message[1:]), self._hello, message)
            return bytes((Kind.PROOF,)) + self._keys.console_mac
        keys = self._keys
        if kind == Kind.WELCOME and keys is not None and self._runtime is None and len(message) > 1 + _MAC:
            if not hmac.compare_digest(message[1 : 1 + _MAC], keys.runtime_mac):
                raise PairingRefused(
                    LinkReason.CODE_WRONG,
                    "who answered does not know the code: somebody stands between the two machines, or it is "
                    "not the runtime. See to the network, then try again with a new code",
                )
            self._runtime = _unpack(keys.unseal(Kind.WELCOME, message[1 + _MAC :]))
            return bytes((Kind.CARD,)) + keys.seal(Kind.CARD, _pack(self._card))
        if kind == Kind.DONE and keys is not None and self._runtime is not None:
            keys.unseal(Kind.DONE, message[1:])
            self.paired = self._runtime
            return None
        raise PairingRefused(
            LinkReason.PAIRING_BROKEN,
            "who answered does not pair in Palier's way: check host and port, and that vr-runtime pair runs there",
        )


# ------------------------------------------------------------------ keys and cards


class _Keys:
    """Everything that follows from SPAKE2's key and the two first messages."""

    def __init__(self, shared: bytes, hello: bytes, offer: bytes) -> None:
        said = hashlib.sha256()
        for message in (hello, offer):
            said.update(struct.pack("<H", len(message)) + message)
        self._said = said.digest()
        derived = HKDF(SHA256(), length=128, salt=self._said, info=_identity("keys")).derive(shared)
        confirm_console, confirm_runtime = derived[:32], derived[32:64]
        self._from_console, self._from_runtime = AESGCM(derived[64:96]), AESGCM(derived[96:])
        self.console_mac = hmac.digest(confirm_console, self._said, "sha256")
        self.runtime_mac = hmac.digest(confirm_runtime, self._said + self.console_mac, "sha256")

    def seal(self, kind: Kind, data: bytes) -> bytes:
        return self._cipher(kind).encrypt(_nonce(kind), data, self._said)

    def unseal(self, kind: Kind, data: bytes) -> bytes:
        try:
            return self._cipher(kind).decrypt(_nonce(kind), data, self._said)
        except (InvalidTag, ValueError):
            raise _malformed("a message that was changed on its way") from None

    def _cipher(self, kind: Kind) -> AESGCM:
        return self._from_console if kind is Kind.CARD else self._from_runtime


def _nonce(kind: Kind) -> bytes:
    """Each key seals at most one message of a kind."""
    return bytes((kind,)) + bytes(11)


def _identity(role: str) -> bytes:
    return f"palier pairing {PAIRING_VERSION}, protocol {MAJOR}, {role}".encode()


def _side(of: Any, code: str) -> Any:
    return of(code.encode("ascii"), idA=_identity("console"), idB=_identity("runtime"))


def _finish(side: Any, message: bytes) -> bytes:
    """SPAKE2's key. A point that is none, of a small group, or one's own, is refused."""
    try:
        return cast(bytes, side.finish(message))
    except (spake2.SPAKEError, NotOnCurve, ValueError, AssertionError):
        raise _malformed("a greeting that is none") from None


def _pack(card: Card) -> bytes:
    return card.model_dump_json().encode()


def _unpack(data: bytes) -> Card:
    try:
        card = Card.model_validate_json(data)
    except ValidationError:
        raise _malformed("a card that cannot be read: update the older of the two sides") from None
    if not is_key(card.public):
        raise _malformed("a card without a key")
    return card


def _malformed(what: str) -> PairingRefused:
    return PairingRefused(LinkReason.PAIRING_BROKEN, what, No.MALFORMED)


def _refused(why: int) -> PairingRefused:
    anew = "run vr-runtime pair there again for a new code"
    words: dict[int, tuple[LinkReason, str]] = {
        No.WRONG_CODE: (LinkReason.CODE_WRONG, "the runtime showed another code: look again, and try again"),
        No.OVER: (LinkReason.PAIRING_OVER, f"the code is used up or too old: {anew}"),
        No.VERSION: (
            LinkReason.PAIRING_BROKEN,
            "the runtime pairs in another version: update the older side",
        ),
        No.NOT_STORED: (LinkReason.NOT_STORED, "the runtime could not store this console: it says why there"),
    }
    unknown = (LinkReason.PAIRING_BROKEN, f"the runtime did not understand this console: {anew}")
    return PairingRefused(*words.get(why, unknown))
