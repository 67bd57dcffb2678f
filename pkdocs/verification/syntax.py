"""The objects of a PDF, read strictly (ISO 32000-2, 7.3): one spelling for each meaning, comments refused.

Values: ``None``, ``bool``, ``int``, ``float``, ``bytes`` (strings), ``Name``, ``Ref``, ``list``, ``dict``
and ``Stream``. What is laxly written is refused, so that no two readers can take it differently.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

MAX_DEPTH: Final = 24
_MAX_NUMBER_DIGITS: Final = 10

_WHITE: Final = b" \r\n\t"
_SPACE: Final = rb"[ \r\n\t]*"
_DELIMITER: Final = rb"(?=[ \r\n\t/<>\[\]()]|$)"
_TOKEN: Final = re.compile(
    _SPACE
    + rb"(?:"
    + rb"([1-9]\d{0,9}) 0 R" + _DELIMITER  # 1 reference
    + rb"|([+-]?\d+)" + _DELIMITER  # 2 integer
    + rb"|([+-]?(?:\d+\.\d*|\.\d+))" + _DELIMITER  # 3 real
    + rb"|/([!-$&-'*-.0-;=?-Z\\^-z|~#]*)" + _DELIMITER  # 4 name
    + rb"|(<<)|(>>)|(\[)|(\])"  # 5-8
    + rb"|<([0-9A-Fa-f]*)>"  # 9 hexadecimal string
    + rb"|\(([^()\\\r]*)\)"  # 10 plain string
    + rb"|(\()"  # 11 string with escapes
    + rb"|(true|false|null)" + _DELIMITER  # 12 keyword
    + rb")"
)  # fmt: skip
_STRING_PART: Final = re.compile(rb"([^()\\\r]+)|\\([nrtbf()\\])|\\([0-7]{3})|(\()|(\))")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_KEYWORDS: Final = {b"true": True, b"false": False, b"null": None}
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


class PdfSyntaxError(ValueError):
    """The bytes are not what a strict reader takes; says what and at which offset."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what, offset)
        self.what = what
        self.offset = offset


class Name(str):
    """A name without its slash."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to the object of that number; generations other than 0 are refused."""

    number: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its dictionary and its bytes as they stand in the file."""

    dictionary: dict[str, Any]
    raw: bytes


Value: TypeAlias = Any


def read_value(data: bytes, offset: int, depth: int = 0) -> tuple[Value, int]:
    """Return the value at ``offset`` and where it ends.

    Raises:
        PdfSyntaxError: not strictly written, or nested more than ``MAX_DEPTH`` deep.
    """
    matched = _TOKEN.match(data, offset)
    if matched is None:
        raise PdfSyntaxError("no PDF value", offset)
    kind, end = matched.lastindex or 0, matched.end()
    if kind in {5, 7}:
        if depth >= MAX_DEPTH:
            raise PdfSyntaxError("nested too deeply", offset)
        return _read_dictionary(data, end, depth + 1) if kind == 5 else _read_array(data, end, depth + 1)
    if kind == 11:
        return _read_string(data, end)
    return _scalar(kind, matched[kind], offset), end


def _scalar(kind: int, word: bytes, offset: int) -> Value:
    match kind:
        case 1:
            return Ref(int(word))
        case 2 | 3:
            return _number(kind, word, offset)
        case 4:
            return _name(word, offset)
        case 9:
            if len(word) % 2:
                raise PdfSyntaxError("odd hexadecimal string", offset)
            return bytes.fromhex(word.decode("ascii"))
        case 10:
            return word
        case 12:
            return _KEYWORDS[word]
    raise PdfSyntaxError("bracket without beginning", offset)


def _number(kind: int, word: bytes, offset: int) -> int | float:
    if len(word.partition(b".")[0].lstrip(b"+-")) > _MAX_NUMBER_DIGITS or len(word) > 2 * _MAX_NUMBER_DIGITS + 2:
        raise PdfSyntaxError("giant number", offset)
    return int(word) if kind == 2 else float(word)


def _name(word: bytes, offset: int) -> Name:
    try:
        return Name(_NAME_ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode("ascii")), word).decode())
    except UnicodeDecodeError as fault:
        raise PdfSyntaxError("name is not UTF-8", offset) from fault


def _read_array(data: bytes, offset: int, depth: int) -> tuple[list[Value], int]:
    entries: list[Value] = []
    while True:
        matched = _TOKEN.match(data, offset)
        if matched is not None and matched.lastindex == 8:
            return entries, matched.end()
        value, offset = read_value(data, offset, depth)
        entries.append(value)


def _read_dictionary(data: bytes, offset: int, depth: int) -> tuple[dict[str, Value], int]:
    entries: dict[str, Value] = {}
    while True:
        matched = _TOKEN.match(data, offset)
        if matched is not None and matched.lastindex == 6:
            return entries, matched.end()
        key, start = _key(matched, offset)
        if key in entries:
            raise PdfSyntaxError(f"/{key} twice in one dictionary", offset)
        entries[key], offset = read_value(data, start, depth)


def _key(matched: re.Match[bytes] | None, offset: int) -> tuple[Name, int]:
    if matched is None or matched.lastindex != 4:
        raise PdfSyntaxError("no key of a dictionary", offset)
    return _name(matched[4], offset), matched.end()


def entry_spans(data: bytes, offset: int) -> dict[str, tuple[int, int]]:
    """Return where the value of each entry of the dictionary at ``offset`` stands, white space left out.

    Raises:
        PdfSyntaxError: no dictionary there.
    """
    opened = _TOKEN.match(data, offset)
    if opened is None or opened.lastindex != 5:
        raise PdfSyntaxError("no dictionary", offset)
    spans: dict[str, tuple[int, int]] = {}
    offset = opened.end()
    while (matched := _TOKEN.match(data, offset)) is None or matched.lastindex != 6:
        key, start = _key(matched, offset)
        _, offset = read_value(data, start)
        spans[key] = (offset - len(data[start:offset].lstrip(_WHITE)), offset)
    return spans


def _read_string(data: bytes, offset: int) -> tuple[bytes, int]:
    parts: list[bytes] = []
    open_parentheses = 1
    while open_parentheses:
        matched = _STRING_PART.match(data, offset)
        if matched is None:
            raise PdfSyntaxError("string", offset)
        offset = matched.end()
        plain, escaped, octal, opening, closing = matched.groups()
        if octal is not None:
            if octal > b"377":
                raise PdfSyntaxError("string", offset)
            parts.append(bytes([int(octal, 8)]))
        elif escaped is not None:
            parts.append(_ESCAPES.get(escaped, escaped))
        else:
            open_parentheses += (opening is not None) - (closing is not None)
            parts.append(plain or opening or closing)
    return b"".join(parts)[:-1], offset


def name_of(value: Value) -> str | None:
    """Return ``value`` if it is a name."""
    return value if isinstance(value, Name) else None


class Parts(NamedTuple):
    """What a value is made of: every dictionary in it, itself and a stream's included, and every reference."""

    dictionaries: list[dict[str, Value]]
    references: list[Ref]


def parts_of(value: Value) -> Parts:
    """Return the parts of ``value``, in one walk."""
    dictionaries: list[dict[str, Value]] = []
    references: list[Ref] = []
    pending = [value]
    while pending:
        entry = pending.pop()
        kind = entry.__class__
        if kind is Ref:
            references.append(entry)
        elif kind is dict:
            dictionaries.append(entry)
            pending.extend(entry.values())
        elif kind is list:
            pending.extend(entry)
        elif kind is Stream:
            pending.append(entry.dictionary)
    return Parts(dictionaries, references)


def references(value: Value) -> list[Ref]:
    """Return every reference in ``value``."""
    return parts_of(value).references


def inflate(stream: Stream, limit: int) -> bytes:
    """Return the bytes of a stream without filter, or with ``/FlateDecode`` and no predictor.

    Raises:
        PdfSyntaxError: another filter, damaged, something after the end, or more than ``limit`` bytes.
    """
    names = stream.dictionary.get("Filter")
    if names is None:
        plain = stream.raw
    elif names in ("FlateDecode", ["FlateDecode"]) and stream.dictionary.get("DecodeParms") in (None, [None]):
        plain = _inflate(stream.raw, limit)
    else:
        raise PdfSyntaxError("filter", 0)
    if len(plain) > limit:
        raise PdfSyntaxError("inflates too far", 0)
    return plain


def _inflate(raw: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(raw, limit + 1)
    except zlib.error as fault:
        raise PdfSyntaxError("damaged compression", 0) from fault
    if len(plain) <= limit and (not reader.eof or reader.unused_data.strip(b"\r\n")):
        raise PdfSyntaxError("damaged compression", 0)
    return plain
