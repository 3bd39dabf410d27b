"""The protocol's own version, and who may speak with whom."""

from vr_runtime.protocol.errors import ProtocolError, ProtocolReason

PROTOCOL_VERSION = "1.1"


def check_version(theirs: str) -> None:
    """Refuse a peer whose major version differs from ours; a newer minor version is accepted.

    Within a major version commands refuse unknown fields and events tolerate them, so a newer peer's extra
    events do no harm and its extra commands are refused one by one.

    Raises:
        ProtocolError: with reason ``VERSION`` and a message that says which side to update.
    """
    try:
        major = int(theirs.split(".")[0])
    except ValueError:
        raise ProtocolError(
            ProtocolReason.VERSION,
            f"'{theirs}' is no protocol version; one such as {PROTOCOL_VERSION} is wanted",
        ) from None
    ours = int(PROTOCOL_VERSION.split(".")[0])
    if major != ours:
        older = "this side" if major > ours else "the other side"
        raise ProtocolError(
            ProtocolReason.VERSION,
            f"the other side speaks protocol {theirs}, this side {PROTOCOL_VERSION}: update {older}",
        )
