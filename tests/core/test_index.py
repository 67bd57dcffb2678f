"""The index of a folder and the journal of an interrupted run."""

import errno
import json
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import PersonScheme, Role
from pkdocs.errors import ConflictError
from pkdocs.index import (
    FILE_NAME,
    JOURNAL_NAME,
    JOURNAL_SCHEMA,
    SCHEMA,
    Entry,
    Index,
    append_journal,
    find_index,
    read_index,
    read_journal,
    remove_journal,
    write_index,
)
from pkdocs.profile import Zone
from pkdocs.schema import SchemaError, from_json, to_json

ENTRY = Entry(
    id="PK-2026-KOMINFO-1",
    key="KOMINFO",
    unit="Dinas Komunikasi dan Informatika",
    position="Kepala Dinas",
    content_digest="a" * 64,
    template="umum.docx",
    source="b" * 64,
    persons={Role.FIRST: "A" * 16, Role.SECOND: "B" * 16},
    docx="dinas/PK-2026-KOMINFO-1.docx",
    pdf="dinas/PK-2026-KOMINFO-1.pdf",
    issue_digest="c" * 64,
)
UNMADE = replace(ENTRY, id="PK-2026-DINKES-1", key="DINKES", docx=None, pdf=None, issue_digest=None, held=True)
INDEX = Index(
    schema=SCHEMA,
    year=2026,
    organisation="Pemerintah Kota Wanasari",
    workbook="d" * 64,
    zone=Zone.WITA,
    person_scheme=PersonScheme.TRIAL,
    templates={"umum": "e" * 64},
    toolchain={"program": "0.1.0"},
    agreements=(ENTRY, UNMADE),
    earlier={"PK-2025-KOMINFO-1": "f" * 64, ENTRY.id: "0" * 64},
)


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_index(tmp_path, INDEX)
    assert read_index(tmp_path) == INDEX
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]
    assert json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))["schema"] == "pkdocs-index/1"


@given(
    st.builds(
        replace,
        st.just(ENTRY),
        held=st.none() | st.booleans(),
        pdf=st.none() | st.just("a/b.pdf"),
        persons=st.dictionaries(st.sampled_from(Role), st.just("A" * 16)),
    )
)
def test_every_entry_comes_back_from_json(entry: Entry) -> None:
    assert from_json(Entry, json.loads(json.dumps(to_json(entry)))) == entry


def test_entries_are_found_by_their_files() -> None:
    assert INDEX.entries == {"dinas/PK-2026-KOMINFO-1.pdf": ENTRY}


def test_the_newest_digest_of_an_id_counts() -> None:
    assert INDEX.digests == {
        "PK-2025-KOMINFO-1": "f" * 64,
        "PK-2026-KOMINFO-1": "a" * 64,
        "PK-2026-DINKES-1": "a" * 64,
    }


def test_an_index_has_the_schema_that_it_is_read_by() -> None:
    with pytest.raises(SchemaError):
        replace(INDEX, schema="pkdocs-index/2")


def test_a_folder_without_index_has_none(tmp_path: Path) -> None:
    assert read_index(tmp_path) is None
    assert read_index(tmp_path / "absent") is None
    (tmp_path / "file").touch()
    assert read_index(tmp_path / "file") is None


def test_a_newer_index_is_not_touched(tmp_path: Path) -> None:
    raw: Any = to_json(INDEX) | {"schema": "pkdocs-index/2", "colour": "biru"}
    (tmp_path / FILE_NAME).write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(ConflictError, match="SCHEMA_NEWER") as stop:
        read_index(tmp_path)
    file = str(tmp_path / FILE_NAME)
    assert stop.value.params == {"file": file, "found": "pkdocs-index/2", "known": "pkdocs-index/1"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps(to_json(INDEX) | {"colour": "biru"}).encode(),
        json.dumps(to_json(INDEX) | {"schema": "resep/1"}).encode(),
        json.dumps(to_json(INDEX) | {"earlier": {"PK-2025-KOMINFO-1": "f" * 63}}).encode(),
        json.dumps(to_json(INDEX) | {"earlier": {"KOMINFO": "f" * 64}}).encode(),
        json.dumps(to_json(INDEX) | {"schema": 1}).encode(),
        json.dumps(to_json(INDEX)).encode()[:-20],
    ],
)
def test_a_damaged_index_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(ConflictError, match="INDEX_DAMAGED") as stop:
        read_index(tmp_path)
    assert stop.value.params["file"] == str(tmp_path / FILE_NAME)


def test_a_journal_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match=JOURNAL_NAME) as stop:
            append_journal(tmp_path, ENTRY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (stop.value.errno, stop.value.filename) == (errno.EFBIG, str(tmp_path / JOURNAL_NAME))
    append_journal(tmp_path, UNMADE)
    assert read_journal(tmp_path) == {UNMADE.id: UNMADE}


def test_the_journal_gives_back_what_was_finished(tmp_path: Path) -> None:
    assert read_journal(tmp_path) == {}
    append_journal(tmp_path, ENTRY)
    append_journal(tmp_path, UNMADE)
    append_journal(tmp_path, replace(ENTRY, source="9" * 64))
    assert read_journal(tmp_path) == {ENTRY.id: replace(ENTRY, source="9" * 64), UNMADE.id: UNMADE}
    remove_journal(tmp_path)
    remove_journal(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_last_line_that_was_cut_off_costs_itself_alone(tmp_path: Path, kept: int) -> None:
    append_journal(tmp_path, ENTRY)
    append_journal(tmp_path, UNMADE)
    journal = tmp_path / JOURNAL_NAME
    whole = journal.read_bytes()
    start = whole.rindex(b'{"schema"')
    journal.write_bytes(whole[:start] + whole[start:][:kept])
    assert read_journal(tmp_path) == {ENTRY.id: ENTRY}
    append_journal(tmp_path, UNMADE)
    assert read_journal(tmp_path) == {ENTRY.id: ENTRY, UNMADE.id: UNMADE}


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000, b"\xff\xfe", b"null", b'{"id":"PK-2026-KOMINFO-1"}', b'{"schema":"pkdocs-journal/x","id":"a"}'],
)
def test_a_strange_line_of_the_journal_is_left_out(tmp_path: Path, line: bytes) -> None:
    (tmp_path / JOURNAL_NAME).write_bytes(line + b"\n")
    append_journal(tmp_path, UNMADE)
    assert read_journal(tmp_path) == {UNMADE.id: UNMADE}


def test_each_line_of_the_journal_names_its_schema(tmp_path: Path) -> None:
    append_journal(tmp_path, ENTRY)
    append_journal(tmp_path, UNMADE)
    lines = filter(None, (tmp_path / JOURNAL_NAME).read_text(encoding="utf-8").splitlines())
    assert [json.loads(line)["schema"] for line in lines] == [JOURNAL_SCHEMA, JOURNAL_SCHEMA]


def test_a_line_of_the_journal_that_names_no_schema_is_of_the_first(tmp_path: Path) -> None:
    (tmp_path / JOURNAL_NAME).write_text(json.dumps(to_json(ENTRY)), encoding="utf-8")
    assert read_journal(tmp_path) == {ENTRY.id: ENTRY}


def test_the_journal_of_a_newer_pkdocs_is_not_passed_over(tmp_path: Path) -> None:
    append_journal(tmp_path, ENTRY)
    with (tmp_path / JOURNAL_NAME).open("a", encoding="utf-8") as file:
        file.write('{"schema": "pkdocs-journal/2", "colour": "biru"}')
    with pytest.raises(ConflictError, match="SCHEMA_NEWER") as stop:
        read_journal(tmp_path)
    assert stop.value.params["file"] == str(tmp_path / JOURNAL_NAME)


@pytest.mark.parametrize("place", ["1.pdf", "dinas/1.pdf"])
def test_the_index_of_a_file_lies_beside_it_or_one_above(tmp_path: Path, place: str) -> None:
    write_index(tmp_path, INDEX)
    assert find_index(tmp_path / place) == (tmp_path, INDEX)


def test_what_lies_deeper_belongs_to_the_nearest_index_above(tmp_path: Path) -> None:
    write_index(tmp_path, INDEX)
    assert find_index(tmp_path / "dinas" / "arsip" / "lama" / "1.pdf") == (tmp_path, INDEX)


def test_another_programs_index_further_above_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("{}", encoding="utf-8")
    assert find_index(tmp_path / "a" / "b" / "1.pdf") is None
    with pytest.raises(ConflictError):
        find_index(tmp_path / "a" / "1.pdf")


@pytest.mark.parametrize(
    "place", ["/etc/passwd.pdf", "../a/1.pdf", "a/../1.pdf", "1.pdf", "a/b/1.pdf", "A/1.pdf", "a/1.exe"]
)
def test_a_path_that_leaves_the_folder_is_no_entry(place: str) -> None:
    with pytest.raises(SchemaError, match="leaves the folder"):
        replace(INDEX.agreements[0], pdf=place)


def test_what_a_stopped_run_has_finished_counts(tmp_path: Path) -> None:
    write_index(tmp_path, INDEX)
    done = replace(INDEX.agreements[0], issue_digest="f" * 64)
    append_journal(tmp_path, done)
    found = find_index(tmp_path / "dinas" / "1.pdf")
    assert found is not None
    assert found[1].agreements[0] == done


@pytest.mark.parametrize(
    ("folder", "file"), [("dinas", "1.pdf"), ("dinas", "../dinas/1.pdf"), ("dinas/..", "dinas/1.pdf")]
)
def test_the_index_is_found_from_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, file: str
) -> None:
    write_index(tmp_path, INDEX)
    (tmp_path / "dinas").mkdir()
    monkeypatch.chdir(tmp_path / folder)
    found = find_index(Path(file))
    assert found is not None
    assert found[0].samefile(tmp_path)
