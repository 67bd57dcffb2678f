"""ZIP files by hand: sound ones, with any header changed."""

import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

STORED, DEFLATED = 0, 8
LOCAL = "<4s5H3I2H"
CENTRAL = "<4s6H3I5H2I"
END = "<4s4H2IH"


@dataclass(frozen=True)
class Part:
    """An entry; ``local`` and ``central`` change fields of its two headers by name."""

    name: bytes = b"a.pdf"
    data: bytes = b"isi"
    method: int = STORED
    flags: int = 0
    mode: int = 0o100644
    system: int = 3
    extra: bytes = b""
    own_extra: bytes | None = None
    """What its own header has instead of ``extra``."""
    before: bytes = b""
    """Stray bytes before its header."""
    descriptor: bytes | None = None
    """What stands behind its data; sizes are then absent before it, and flag bit 3 is set."""
    local: dict[str, int | bytes] = field(default_factory=dict)
    central: dict[str, int | bytes] = field(default_factory=dict)
    packed: bytes | None = None


def pack(data: bytes) -> bytes:
    """Return ``data`` deflated, raw."""
    stream = zlib.compressobj(9, wbits=-15)
    return stream.compress(data) + stream.flush()


def sizes(part: Part) -> tuple[int, int, int]:
    return zlib.crc32(part.data), len(body(part)), len(part.data)


def body(part: Part) -> bytes:
    if part.packed is not None:
        return part.packed
    return pack(part.data) if part.method == DEFLATED else part.data


def streamed(part: Part, *, signed: bool = True) -> Part:
    """Return the part as it is written to a stream: its sizes behind it."""
    return replace(part, descriptor=(b"PK\x07\x08" if signed else b"") + struct.pack("<3I", *sizes(part)))


def archive(
    *parts: Part,
    comment: bytes = b"",
    behind: bytes = b"",
    between: bytes = b"",
    end: Callable[[dict[str, int]], dict[str, int]] = dict,
    order: Callable[[list[bytes]], Iterable[bytes]] = list,
) -> bytes:
    """Return an archive of ``parts``; ``end`` changes the last record, ``between`` stands before it."""
    output = b""
    listed = []
    for part in parts:
        output += part.before
        crc, packed, size = sizes(part)
        flags = part.flags | (8 if part.descriptor is not None else 0)
        known = {"flags": flags, "method": part.method, "crc": crc, "packed": packed, "size": size, "name": part.name}
        own = {
            **known,
            **(dict.fromkeys(("crc", "packed", "size"), 0) if part.descriptor is not None else {}),
            **part.local,
        }
        names = own["flags"], own["method"], 0, 0, own["crc"], own["packed"], own["size"]
        offset = len(output)
        extra = part.extra if part.own_extra is None else part.own_extra
        output += struct.pack(LOCAL, b"PK\x03\x04", 20, *names, len(own["name"]), len(extra))  # type: ignore[arg-type]
        output += own["name"] + extra + body(part) + (part.descriptor or b"")  # type: ignore[operator]
        seen = {**known, "offset": offset, "disk": 0, "attributes": part.mode << 16, **part.central}
        listed.append(
            struct.pack(
                CENTRAL, b"PK\x01\x02", part.system << 8 | 20, 20, seen["flags"], seen["method"], 0, 0, seen["crc"],
                seen["packed"], seen["size"], len(seen["name"]), len(part.extra), 0, seen["disk"], 0,  # type: ignore[arg-type]
                seen["attributes"], seen["offset"],
            )
            + seen["name"]  # type: ignore[operator]
            + part.extra
        )  # fmt: skip
    directory = b"".join(order(listed))
    last = end(
        {"disk": 0, "first": 0, "here": len(parts), "count": len(parts), "length": len(directory), "start": len(output)}
    )
    record = struct.pack(END, b"PK\x05\x06", *last.values(), len(comment))
    return output + directory + between + record + comment + behind
