"""Bodies of requests and answers as the emulated service reads and writes them, and what goes wrong with these."""

import base64
from enum import Enum, auto
from typing import Any

from tests.bsre.habits import Wish

_PAGE_HEIGHT = 842


class Fault(Enum):
    """What goes wrong with the next call; the documents of most have been signed by then."""

    SILENT = auto()
    CUT = auto()
    CUT_UNDER_A_NUMBER = auto()
    NO_PDF = auto()
    TORN_PDF = auto()
    HTML = auto()
    GATEWAY = auto()
    BUSY = auto()
    LONG_BUSY = auto()
    REDIRECTION = auto()
    UNKNOWN_ERROR = auto()
    ERROR_WITHIN_200 = auto()
    PLAIN_WORDS = auto()
    REFUSED = auto()
    LAST_ONE_LOST = auto()
    BACKWARDS = auto()
    TWICE = auto()
    DAMAGED = auto()
    EMPTY_ENTRY = auto()
    WRONG_PASSPHRASE_HALFWAY = auto()
    NO_LIST = auto()


def listed(fault: Fault | None, signed: list[bytes]) -> dict[str, Any]:
    files: list[str | None] = [base64.b64encode(pdf).decode() for pdf in signed]
    if fault in {Fault.LAST_ONE_LOST, Fault.WRONG_PASSPHRASE_HALFWAY}:
        files = files[:-1]
    elif fault is Fault.BACKWARDS:
        files.reverse()
    elif fault is Fault.TWICE:
        files = files[:1] * len(files)
    elif fault is Fault.DAMAGED:
        files = [*files[:-1], "bukan Base64!"]
    elif fault is Fault.EMPTY_ENTRY:
        files = [*files[:-1], None, base64.b64encode(b"tidak ada").decode()]
    elif fault is Fault.NO_LIST:
        return {"time": 1, "file": files[0]}
    answer: dict[str, Any] = {"time": 860, "file": files}
    if fault is Fault.WRONG_PASSPHRASE_HALFWAY:
        answer |= {"error": "Passphrase anda salah", "status_code": 2031}
    return answer


def parts(body: bytes, kind: str) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the fields and files of a body of several parts (RFC 7578); the service takes one document."""
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    boundary = b"--" + kind.split("boundary=")[1].encode()
    for part in body.split(boundary)[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = head.decode().split('name="')[1].split('"')[0]
        if b"filename=" in head:
            files[name] = data.removesuffix(b"\r\n")
        else:
            fields[name] = data.removesuffix(b"\r\n").decode()
    return fields, files


def wish_1(fields: dict[str, str], files: dict[str, bytes]) -> Wish:
    """Version 1: the box's lower left corner, from the page's lower left."""
    said = {"reason": fields.get("reason"), "location": fields.get("location")}
    if fields["tampilan"] == "invisible":
        return Wish(**said)
    if fields["tampilan"] != "visible" or fields["image"] != "true":
        raise ValueError("tampilan")
    left, bottom, width, height = (int(fields[name]) for name in ("xAxis", "yAxis", "width", "height"))
    box = (left, bottom, left + width, bottom + height)
    return Wish(int(fields["page"]) - 1, box, files["imageTTD"], **said)


def wish_2(one: dict[str, Any]) -> Wish:
    """Version 2: the box's upper left corner, from the page's upper left."""
    said = {"reason": one.get("reason"), "location": one.get("location")}
    if one["tampilan"] == "INVISIBLE":
        return Wish(**said)
    if one["tampilan"] != "VISIBLE":
        raise ValueError("tampilan")
    top = _PAGE_HEIGHT - one["originY"]
    box = (one["originX"], top - one["height"], one["originX"] + one["width"], top)
    return Wish(one["page"] - 1, box, base64.b64decode(one["imageBase64"]), **said)
