"""ZIP files: what everybody reads the same is read, and everything else is refused by name."""

import io
import os
import pickle
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkdocs.archive import ArchiveError, Entry, directory, names, read_beginning, read_directory, read_entry
from pkdocs.messages import catalogue
from tests.archive.zips import DEFLATED, STORED, Part, archive, pack, streamed

A, B = Part(), Part(b"unit/b.pdf", b"lain " * 100, DEFLATED)
LIMIT = 1_000_000


def opened(data: bytes, folder: Path) -> tuple[Entry, ...]:
    with file_of(data, folder) as file:
        return read_directory(file)


def file_of(data: bytes, folder: Path) -> io.BufferedReader:
    (folder / "a.zip").write_bytes(data)
    return (folder / "a.zip").open("rb")


def contents(data: bytes, folder: Path) -> dict[str, bytes]:
    with file_of(data, folder) as file:
        return {one.name: read_entry(file, one, limit=LIMIT) for one in read_directory(file) if not one.is_folder}


def refused(data: bytes, folder: Path) -> tuple[str, str]:
    """Return the code of the finding and of the reason."""
    with pytest.raises(ArchiveError) as stopped:
        opened(data, folder)
    refusal = stopped.value.refusal
    assert not isinstance(refusal.reason, str)
    assert refusal.reason.message("en")
    return refusal.code, refusal.reason.code


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_the_standard_library_writes_is_read(tmp_path: Path, method: int) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as made:
        made.mkdir("unit")
        made.writestr("unit/a.pdf", b"isi" * 1000)
        made.writestr("kosong.pdf", b"")
        made.comment = b"pkdocs-bundle/1"
    assert contents(output.getvalue(), tmp_path) == {"unit/a.pdf": b"isi" * 1000, "kosong.pdf": b""}


@pytest.mark.parametrize("method", [STORED, DEFLATED])
@pytest.mark.parametrize("signed", [True, False])
def test_what_is_written_as_a_stream_is_read(tmp_path: Path, method: int, signed: bool) -> None:
    parts = (streamed(Part(b"a.pdf", b"isi" * 50, method), signed=signed), B)
    assert contents(archive(*parts), tmp_path) == {"a.pdf": b"isi" * 50, "unit/b.pdf": B.data}


def test_the_order_of_the_directory_is_free_and_there_may_be_a_comment(tmp_path: Path) -> None:
    data = archive(A, B, comment=b"dari Inspektorat", order=reversed)
    assert [entry.name for entry in opened(data, tmp_path)] == ["unit/b.pdf", "a.pdf"]
    assert opened(archive(), tmp_path) == ()


def test_an_entry_is_small_and_travels_between_processes(tmp_path: Path) -> None:
    (entry,) = opened(archive(A), tmp_path)
    assert pickle.loads(pickle.dumps(entry)) == entry  # noqa: S301 our own
    assert len(pickle.dumps(entry)) < 500


OVERLAPPING = replace(B, central={"offset": 0})
SOUND = archive(A, B)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ZIP_CUT"),
        (b"PK\x05\x06", "ZIP_CUT"),
        (b"%PDF-1.7 no archive at all, but long enough", "ZIP_CUT"),
        (SOUND[:-30], "ZIP_CUT"),
        (archive(A, end=lambda last: {**last, "here": 2, "count": 2}), "ZIP_CUT"),
        (SOUND.replace(b"PK\x01\x02", b"PK\x01\x03", 1), "ZIP_CUT"),
        (b"MZ" + SOUND, "ZIP_LOOSE"),
        (SOUND + b"\n", "ZIP_LOOSE"),
        (archive(A, behind=archive(B)), "ZIP_LOOSE"),
        (archive(A, comment=archive(B)), "ZIP_LOOSE"),
        (archive(A, between=b"x"), "ZIP_LOOSE"),
        (archive(A, replace(B, before=b"x")), "ZIP_LOOSE"),
        (archive(replace(A, before=b"x")), "ZIP_LOOSE"),
        (archive(A, B, order=lambda listed: listed[1:], end=lambda last: {**last, "here": 1, "count": 1}), "ZIP_LOOSE"),
        (archive(A, B, order=lambda listed: listed[:1], end=lambda last: {**last, "here": 1, "count": 1}), "ZIP_LOOSE"),
        (archive(A, B, order=lambda _listed: [], end=lambda last: {**last, "here": 0, "count": 0}), "ZIP_LOOSE"),
        (archive(A, B, end=lambda last: {**last, "here": 1, "count": 1}), "ZIP_LOOSE"),
        (archive(replace(A, descriptor=b"PK\x07\x08" + bytes(12))), "ZIP_LOOSE"),
        (archive(replace(streamed(A), flags=0, local={"flags": 0}, central={"flags": 0})), "ZIP_TWO_WAYS"),
        (archive(A, OVERLAPPING), "ZIP_OVERLAP"),
        (archive(A, OVERLAPPING, Part(b"c.pdf")), "ZIP_OVERLAP"),
        (archive(A, replace(B, central={"offset": 5})), "ZIP_OVERLAP"),
        (archive(replace(A, local={"name": b"x.pdf"})), "ZIP_TWO_WAYS"),
        (archive(replace(A, local={"size": 4})), "ZIP_TWO_WAYS"),
        (archive(replace(A, local={"crc": 4})), "ZIP_TWO_WAYS"),
        (archive(replace(A, local={"method": 8})), "ZIP_TWO_WAYS"),
        (archive(replace(A, local={"flags": 1})), "ZIP_TWO_WAYS"),
        (archive(replace(A, central={"packed": 500, "size": 500}, local={"packed": 500, "size": 500})), "ZIP_OVERLAP"),
        (archive(Part(b"folder/", b"isi")), "ZIP_TWO_WAYS"),
        (archive(A, end=lambda last: {**last, "disk": 1}), "ZIP_VOLUMES"),
        (archive(A, end=lambda last: {**last, "count": 2}), "ZIP_VOLUMES"),
        (archive(replace(A, central={"disk": 1})), "ZIP_VOLUMES"),
        (archive(A, end=lambda last: {**last, "start": 0xFFFFFFFF}), "ZIP_64"),
        (archive(A, end=lambda last: {**last, "here": 0xFFFF, "count": 0xFFFF}), "ZIP_64"),
        (archive(replace(A, central={"size": 0xFFFFFFFF})), "ZIP_64"),
        (SOUND.replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x40", 1), "ZIP_NEWER"),
    ],
    ids=lambda value: value if isinstance(value, str) else "archive",
)
def test_what_could_be_read_in_two_ways_is_refused_as_a_whole(tmp_path: Path, data: bytes, reason: str) -> None:
    assert refused(data, tmp_path) == ("ARCHIVE_UNSOUND", reason)


def test_entries_that_quote_the_headers_of_others_are_refused(tmp_path: Path) -> None:
    """The quoted overlap: each entry's data begins with the next one's header, down to one kernel."""
    kernel = pack(b"a" * 500_000)
    inner = Part(b"b.pdf", b"a" * 500_000, DEFLATED, packed=kernel)
    whole = archive(inner)
    quoted = whole[: whole.index(b"PK\x01\x02")]
    outer = Part(b"a.pdf", quoted, STORED)
    assert refused(archive(outer, replace(inner, central={"offset": 35})), tmp_path)[0] == "ARCHIVE_UNSOUND"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"../a.pdf", "ZIP_NAME_PLACE"),
        (b"unit/../../a.pdf", "ZIP_NAME_PLACE"),
        (b"/etc/a.pdf", "ZIP_NAME_PLACE"),
        (b"./a.pdf", "ZIP_NAME_PLACE"),
        (b"unit//a.pdf", "ZIP_NAME_PLACE"),
        (b"", "ZIP_NAME_PLACE"),
        (b"C:/a.pdf", "ZIP_NAME_PLACE"),
        (b"c:a.pdf", "ZIP_NAME_PLACE"),
        (b"unit/a.pdf:b.pdf", "ZIP_NAME_PLACE"),
        (b"unit\\a.pdf", "ZIP_NAME_PLACE"),
        (b"a.pdf\x00.txt", "ZIP_NAME_PLACE"),
        (b"a\n.pdf", "ZIP_NAME_PLACE"),
        ("a\u202efdp.exe".encode(), "ZIP_NAME_PLACE"),
        (b"x" * 1020 + b".pdf", None),
        (b"x" * 1021 + b".pdf", "ZIP_NAME_LONG"),
        (b"a/" * 31 + b"a.pdf", None),
        (b"a/" * 32 + b"a.pdf", "ZIP_NAME_LONG"),
        ("Dinas Pendidikan, é.pdf".encode(), None),
    ],
    ids=lambda value: None if value is None else ascii(value)[:20],
)
def test_a_name_leads_to_one_place_below_or_the_archive_is_refused(
    tmp_path: Path, name: bytes, reason: str | None
) -> None:
    data = archive(Part(name))
    if reason is None:
        assert [entry.name for entry in opened(data, tmp_path)] == [name.decode()]
    else:
        assert refused(data, tmp_path) == ("ARCHIVE_NAMES", reason)


@pytest.mark.parametrize(
    ("first", "second", "is_apart"),
    [
        ("a.pdf", "a.pdf", False),
        ("a.pdf", "A.PDF", False),
        ("Straße.pdf", "STRASSE.pdf", False),
        ("e\u0301.pdf", "\u00e9.pdf", False),
        ("\ufb01.pdf", "fi.pdf", False),
        ("a.pdf", "a.pdf.", False),
        ("unit /a.pdf", "unit/a.pdf", False),
        ("a.pdf", "a.pdf/b.pdf", False),
        ("a.pdf/b.pdf", "A.pdf", False),
        ("unit/", "UNIT/", False),
        ("unit/", "unit/a.pdf", True),
        ("unit/a.pdf", "Unit/b.pdf", True),
        ("a.pdf", "b.pdf", True),
    ],
    ids=ascii,
)
def test_no_two_names_are_the_same_to_any_system(tmp_path: Path, first: str, second: str, is_apart: bool) -> None:
    data = archive(*(Part(name.encode(), b"" if name.endswith("/") else b"isi") for name in (first, second)))
    if is_apart:
        assert len(opened(data, tmp_path)) == 2
    else:
        assert refused(data, tmp_path) == ("ARCHIVE_NAMES", "ZIP_NAME_TWICE")


def unicode_path(raw: bytes, name: bytes) -> bytes:
    body = b"\x01" + zlib.crc32(raw).to_bytes(4, "little") + name
    return b"\x75\x70" + len(body).to_bytes(2, "little") + body


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (Part("é.pdf".encode(), flags=0x800), "é.pdf"),
        (Part("é.pdf".encode()), "é.pdf"),
        (Part(b"\x82.pdf"), "é.pdf"),
        (Part(b"\x82.pdf", extra=unicode_path(b"\x82.pdf", "è.pdf".encode())), "è.pdf"),
        (Part(b"\x82.pdf", extra=unicode_path(b"other", "è.pdf".encode())), "é.pdf"),
        (Part(b"a.pdf", extra=b"\x01\x00\x02\x00xx" + unicode_path(b"a.pdf", b"a.pdf")), "a.pdf"),
        (Part(b"\x82.pdf", flags=0x800), None),
        (Part(b"a.pdf", extra=unicode_path(b"a.pdf", b"b.pdf")), None),
    ],
    ids=["marked", "unmarked", "of DOS", "beside", "beside another", "beside the same", "not UTF-8", "two names"],
)
def test_a_name_is_read_in_one_way(tmp_path: Path, part: Part, name: str | None) -> None:
    if name is None:
        assert refused(archive(part), tmp_path) == ("ARCHIVE_NAMES", "ZIP_NAME_TWO")
    else:
        assert [entry.name for entry in opened(archive(part), tmp_path)] == [name]


@pytest.mark.parametrize(
    "part",
    [
        Part(b"a.pdf", own_extra=unicode_path(b"a.pdf", b"b.pdf")),
        Part(b"\x82.pdf", own_extra=unicode_path(b"\x82.pdf", b"b.pdf")),
        Part(b"\x82.pdf", extra=unicode_path(b"\x82.pdf", b"b.pdf"), own_extra=b""),
        Part(b"\x82.pdf", extra=unicode_path(b"\x82.pdf", b"b.pdf") + unicode_path(b"\x82.pdf", b"c.pdf")),
        Part(b"a.pdf", extra=b"\x75\x70\xff\x00\x01", own_extra=b""),
    ],
    ids=["only in its header", "of DOS", "only in the directory", "two of them", "longer than there is"],
)
def test_a_name_that_is_another_in_its_own_header_is_refused(tmp_path: Path, part: Part) -> None:
    assert refused(archive(part), tmp_path)[0] in {"ARCHIVE_NAMES", "ARCHIVE_UNSOUND"}


def test_other_fields_may_differ_between_header_and_directory(tmp_path: Path) -> None:
    """Times of Unix stand in full in the header alone."""
    time = b"UT\x05\x00\x03abcd"
    part = Part(b"a.pdf", extra=time, own_extra=b"UT\x09\x00\x03abcdabcd")
    assert [entry.name for entry in opened(archive(part), tmp_path)] == ["a.pdf"]


def test_an_archive_beyond_a_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive(Part(b"a.pdf", b"0" * 3_000_000, DEFLATED))
    assert refused(bomb, tmp_path) == ("ARCHIVE_LIMIT", "ZIP_BOMB")
    monkeypatch.setattr(directory, "MAX_TOTAL_BYTES", 500)
    assert refused(SOUND, tmp_path) == ("ARCHIVE_LIMIT", "ZIP_UNPACKS")
    monkeypatch.setattr(directory, "_MAX_DIRECTORY_BYTES", 50)
    assert refused(SOUND, tmp_path) == ("ARCHIVE_LIMIT", "ZIP_TOO_MANY")
    monkeypatch.setattr(directory, "MAX_ARCHIVE_BYTES", 100)
    assert refused(SOUND, tmp_path) == ("ARCHIVE_LIMIT", "ZIP_TOO_LARGE")


def entry_refused(part: Part, folder: Path, *, limit: int = LIMIT) -> str:
    """Return why the entry is refused, beside which another is read."""
    with file_of(archive(part, B), folder) as file:
        first, second = read_directory(file)
        assert read_entry(file, second, limit=limit) == B.data
        with pytest.raises(ArchiveError) as stopped:
            read_entry(file, first, limit=limit)
        read_beginning(file, first, 100)
    refusal = stopped.value.refusal
    assert not isinstance(refusal.reason, str)
    assert refusal.code == "ARCHIVE_ENTRY"
    return refusal.reason.code


BROKEN = bytearray(pack(b"isi" * 500))
BROKEN[3] ^= 0xFF


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (Part(mode=0o120777), "ZIP_LINK"),
        (Part(mode=0o120777, system=19), "ZIP_LINK"),
        (Part(mode=0o010644), "ZIP_LINK"),
        (Part(mode=0o040755), "ZIP_LINK"),
        (Part(system=0, central={"attributes": 0x10}), "ZIP_LINK"),
        (Part(flags=0x1), "ZIP_ENCRYPTED"),
        (Part(flags=0x41), "ZIP_ENCRYPTED"),
        (Part(flags=0x2000), "ZIP_ENCRYPTED"),
        (Part(method=12), "ZIP_METHOD"),
        (Part(method=99), "ZIP_METHOD"),
        (Part(data=b"x" * 1001), "ZIP_ENTRY_LARGE"),
        (Part(data=b"", packed=pack(os.urandom(3000)), method=DEFLATED), "ZIP_ENTRY_LARGE"),
        (Part(local={"crc": 1}, central={"crc": 1}), "ZIP_DAMAGED"),
        (Part(packed=b"is"), "ZIP_DAMAGED"),
        (Part(data=b"isi" * 300, packed=pack(b"isi" * 301), method=DEFLATED), "ZIP_DAMAGED"),
        (Part(data=b"isi" * 300, packed=pack(b"isi" * 299), method=DEFLATED), "ZIP_DAMAGED"),
        (Part(data=b"isi" * 300, packed=pack(b"isi" * 300) + b"x", method=DEFLATED), "ZIP_DAMAGED"),
        (Part(data=b"isi" * 300, packed=pack(b"isi" * 300)[:-1], method=DEFLATED), "ZIP_DAMAGED"),
        (Part(data=b"isi" * 300, packed=bytes(BROKEN), method=DEFLATED), "ZIP_DAMAGED"),
        (Part(data=b"isi" * 300, packed=b"\xff" * 50, method=DEFLATED), "ZIP_DAMAGED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "part",
)
def test_an_entry_that_cannot_be_read_is_refused_alone(tmp_path: Path, part: Part, reason: str) -> None:
    assert entry_refused(part, tmp_path, limit=1000) == reason


def test_a_bomb_is_inflated_no_further_than_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    usual = zlib.decompressobj

    class Watched:
        def __init__(self, bits: int) -> None:
            self.stream = usual(bits)

        def __getattr__(self, name: str) -> object:
            return getattr(self.stream, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            asked.append(most)
            return self.stream.decompress(data, most)

    monkeypatch.setattr("pkdocs.archive.entry.zlib.decompressobj", Watched)
    with file_of(archive(Part(data=b"0" * 900, packed=pack(b"0" * 5_000_000), method=DEFLATED)), tmp_path) as file:
        (entry,) = read_directory(file)
        with pytest.raises(ArchiveError):
            read_entry(file, entry, limit=10_000)
        assert read_beginning(file, entry, 10) == b"0" * 10
    assert asked == [901, 10]


def test_a_file_that_shrinks_meanwhile_is_damaged(tmp_path: Path) -> None:
    with file_of(SOUND, tmp_path) as file:
        first = read_directory(file)[0]
        os.truncate(tmp_path / "a.zip", 10)
        with pytest.raises(ArchiveError):
            read_entry(file, first, limit=LIMIT)
        with pytest.raises(ArchiveError):
            read_directory(file)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_changed_archive_raises_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    changed = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = contents(bytes(changed), tmp_path)
    except ArchiveError:
        return
    # times, versions and attributes say nothing; whatever is read has its checksum
    assert set(found.values()) <= {A.data, B.data}


def test_every_reason_has_a_sentence_and_is_used() -> None:
    import ast

    said = {code for code in catalogue() if code.startswith(("ZIP_", "ARCHIVE_"))}
    modules = [*Path("pkdocs/archive").glob("*.py"), Path("pkdocs/pipeline/sources.py")]
    found = {
        node.value
        for path in modules
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert said == {code for code in found if code.startswith(("ZIP_", "ARCHIVE_"))}


def test_names_are_told_apart_in_steps_that_grow_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    usual = names._key
    monkeypatch.setattr(names, "_key", lambda name: steps.append(name) or usual(name))
    names.demand_apart((f"unit/{number}.pdf", False) for number in range(2000))
    assert len(steps) == 2000
