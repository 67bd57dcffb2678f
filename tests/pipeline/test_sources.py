"""What an auditor hands in: files, folders and archives, none of it passed over."""

import os
import pickle
import socket
import zipfile
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest

from pkdocs.chain import SetVerdict
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.bundling import bundle
from pkdocs.pipeline.inspection import inspect
from pkdocs.pipeline.sources import Source, SourceError, find_sources
from pkdocs.verification import Result, Weight
from pkdocs.verification.inspection import Integrity
from tests.archive.zips import DEFLATED, Part, archive
from tests.city import AT, KEYS, Town, ignore
from tests.factory import head_content
from tests.signed import signed

PDF = Part(b"unit/a.pdf", b"%PDF-1.7 isi")


def zipped(folder: Path, *parts: Part, name: str = "serah.zip") -> Path:
    (folder / name).write_bytes(archive(*parts))
    return folder / name


def reason(source: Source) -> tuple[str, str]:
    with pytest.raises(SourceError) as stopped:
        source.read()
    refusal = stopped.value.refusal
    return refusal.code, getattr(refusal.reason, "code", str(refusal.reason))


def test_the_pdf_files_of_an_archive_are_sources_named_below_it(tmp_path: Path) -> None:
    others = Part(b"daftar.xlsx"), Part(b".tersembunyi/a.pdf"), Part(b"__MACOSX/unit/._a.pdf"), Part(b"unit/", b"")
    place = zipped(tmp_path, PDF, replace(PDF, name=b"B.PDF", method=DEFLATED), *others)
    found = find_sources([place])
    assert [(one.name, one.read(), one.named) for one in found] == [
        (f"{place}/unit/a.pdf", PDF.data, False),
        (f"{place}/B.PDF", PDF.data, False),
    ]
    assert [one.beginning() for one in found] == [PDF.data, PDF.data]
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 our own


def test_an_archive_is_known_by_what_it_is_or_is_called_and_is_read_once(tmp_path: Path) -> None:
    place = zipped(tmp_path, PDF, name="serah")
    (tmp_path / "tautan.zip").symlink_to(place)
    assert [one.name for one in find_sources([place, place, tmp_path / "tautan.zip"])] == [f"{place}/unit/a.pdf"]
    (tmp_path / "kosong.zip").write_bytes(b"")
    assert [reason(one) for one in find_sources([tmp_path / "kosong.zip"])] == [("ARCHIVE_UNSOUND", "ZIP_CUT")]


@pytest.mark.parametrize(
    ("parts", "refused"),
    [
        ([PDF, replace(PDF, name=b"unit/A.pdf")], ("ARCHIVE_NAMES", "ZIP_NAME_TWICE")),
        ([replace(PDF, before=b"x")], ("ARCHIVE_UNSOUND", "ZIP_LOOSE")),
        ([Part(b"a.txt")], ("ARCHIVE_ENTRY", "ZIP_EMPTY")),
    ],
    ids=["names", "unsound", "empty"],
)
def test_an_archive_that_is_refused_is_a_source_that_cannot_be_read(
    tmp_path: Path, parts: list[Part], refused: tuple[str, str]
) -> None:
    place = zipped(tmp_path, *parts)
    (source,) = find_sources([place])
    assert (source.name, source.named, source.beginning(), source.is_head, source.is_beside) == (
        str(place),
        True,
        b"",
        False,
        False,
    )
    assert reason(source) == refused


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (Part(b"b.pdf", flags=1), "ZIP_ENCRYPTED"),
        (Part(b"b.pdf", mode=0o120777), "ZIP_LINK"),
        (Part(b"b.zip", archive(PDF)), "ZIP_NESTED"),
        (Part(b"b.pdf", local={"crc": 1}, central={"crc": 1}), "ZIP_DAMAGED"),
    ],
    ids=["encrypted", "link", "archive", "damaged"],
)
def test_an_entry_that_cannot_be_read_counts_and_hides_no_other(tmp_path: Path, part: Part, why: str) -> None:
    first, second = find_sources([zipped(tmp_path, PDF, part)])
    assert first.read() == PDF.data
    assert reason(second) == ("ARCHIVE_ENTRY", why)


def test_archives_and_links_below_a_folder_are_left_aside(tmp_path: Path) -> None:
    zipped(tmp_path, PDF)
    (tmp_path / "a.pdf").write_bytes(b"isi")
    (tmp_path / "b.pdf").symlink_to("a.pdf")
    (tmp_path / "unit").mkdir()
    (tmp_path / "tautan").symlink_to("unit")
    (tmp_path / "unit" / "c.pdf").write_bytes(b"isi")
    assert [one.name for one in find_sources([tmp_path])] == [str(tmp_path / "a.pdf"), str(tmp_path / "unit" / "c.pdf")]


def test_nothing_waits_for_a_pipe_or_opens_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa.pdf")
    os.mkfifo(tmp_path / "pipa.zip")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "soket.pdf"))
        assert find_sources([tmp_path]) == []
        named = [
            tmp_path / "pipa.pdf",
            tmp_path / "pipa.zip",
            tmp_path / "soket.pdf",
            Path("/dev/zero"),
            tmp_path / "-",
        ]
        assert [reason(one)[0] for one in find_sources(named)] == ["FILE_NOT_READ"] * 5


def test_a_folder_that_cannot_be_listed_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unit").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"isi")
    usual = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "unit":
            raise PermissionError(13, "Permission denied", str(path))
        return usual(path)

    monkeypatch.setattr(os, "scandir", scandir)
    first, second = find_sources([tmp_path])
    assert (first.name, second.name) == (str(tmp_path / "a.pdf"), str(tmp_path / "unit"))
    assert reason(second) == ("FILE_NOT_READ", "SYSTEM_EACCES")


def test_folders_may_lie_as_deep_as_the_system_lets_them(tmp_path: Path) -> None:
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=place)
        below = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(os.open("a.pdf", os.O_CREAT | os.O_WRONLY, dir_fd=place))
    os.close(place)
    try:
        assert [one.name.count("/d") for one in find_sources([tmp_path])] == [1200]
    finally:
        # deeper than Python's own way of removing goes
        run(["rm", "-r", tmp_path / "d"], check=True)


def test_names_that_differ_in_case_or_composition_alone_are_files_of_their_own(tmp_path: Path) -> None:
    for name in ("a.pdf", "A.pdf", "\u00e9.pdf", "e\u0301.pdf", "\udcff.pdf"):
        (tmp_path / name).write_bytes(b"isi")
    assert len(find_sources([tmp_path])) == 5


def test_a_file_that_grows_beyond_the_limit_while_it_is_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"isi")
    source = Source.of(tmp_path / "a.pdf")
    assert source.read(limit=3) == b"isi"
    assert reason(replace(source, path=tmp_path / "hilang.pdf"))[0] == "FILE_NOT_READ"
    with pytest.raises(SourceError):
        source.read(limit=2)


def test_an_archive_that_is_exchanged_meanwhile_gives_nothing_else(tmp_path: Path) -> None:
    place = zipped(tmp_path, PDF)
    (source,) = find_sources([place])
    place.write_bytes(archive(replace(PDF, data=b"%PDF-1.7 lain")))
    assert reason(source) == ("ARCHIVE_ENTRY", "ZIP_DAMAGED")
    place.unlink()
    assert reason(source)[0] == "FILE_NOT_READ"
    assert source.beginning() == b""


# --- verify and inspect


def judged(town: Town, *paths: Path) -> SetVerdict:
    return verify(paths, town.trust, at=AT, means=Means(jobs=2), progress=ignore)


def told(verdict: SetVerdict) -> list[tuple[object, ...]]:
    return [(one.id, one.sha256, one.result, one.findings) for one in verdict.agreements]


def test_a_bundle_is_judged_as_its_folder_is(signed_town: Town) -> None:
    packed = signed_town.out.with_name("berkas.zip")
    bundle(signed_town.out, packed, progress=ignore)
    verdict = judged(signed_town, packed)
    assert told(verdict) == told(judged(signed_town, signed_town.out))
    assert verdict.summary[Result.PASSED] == len(KEYS)
    assert {one.file.removeprefix(f"{packed}/") for one in verdict.agreements} == {
        str(place.relative_to(signed_town.out)) for place in map(signed_town.pdf, KEYS)
    }


def test_an_archive_that_is_refused_fails_the_set(signed_town: Town) -> None:
    packed = signed_town.out.with_name("berkas.zip")
    bundle(signed_town.out, packed, progress=ignore)
    packed.write_bytes(packed.read_bytes() + b"x")
    verdict = judged(signed_town, packed)
    assert [(one.file, one.result, one.findings[0].code) for one in verdict.agreements] == [
        (str(packed), Result.FAILED, "ARCHIVE_UNSOUND")
    ]
    assert "SET_UNREADABLE" in {finding.code for finding in verdict.findings}


def test_heads_in_an_archive_are_no_agreements(signed_town: Town) -> None:
    signed_town.build_register()
    packed = signed_town.out.with_name("semua.zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(signed_town.out.rglob("*.pdf")):
            made.write(file, file.relative_to(signed_town.out))
    assert len(judged(signed_town, packed).agreements) == len(KEYS)


def test_inspect_looks_at_each_file_of_an_archive(tmp_path: Path) -> None:
    sound = Part(b"unit/surat.pdf", signed(head_content()), DEFLATED)
    sources = find_sources([zipped(tmp_path, sound, Part(b"b.pdf", flags=1))])
    first, second = inspect(sources, None, jobs=1, progress=ignore)
    assert first.integrity is Integrity.INTACT
    assert [(one.code, one.weight) for one in second.reasons] == [("ARCHIVE_ENTRY", Weight.UNKNOWN)]
