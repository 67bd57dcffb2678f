"""Levels on disk: files replaced whole, what is up left alone, one bad file beside good ones."""

import errno
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pkdocs.content import Role
from pkdocs.errors import UsageError
from pkdocs.files import digest
from pkdocs.pipeline import augmenting
from pkdocs.pipeline.augmenting import Raising, augment_paths, open_timestamper, raise_level
from pkdocs.pki import open_services, serving
from pkdocs.signing.augmentation import Lack
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.level import Level
from pkdocs.signing.timestamp import SampledTimestamper
from pkdocs.transport import Reply
from pkdocs.trust import read_trust
from tests.city import AT as CITY_AT
from tests.city import Town, ignore, snapshot, touched
from tests.factory import division_content, head_content, root_content
from tests.issued import issued
from tests.signed import AT, signed, training_trust
from tests.signing.stamped import stamped
from tests.signing.stamping import MemoryService, timestamper

NOW = AT + timedelta(minutes=3)
CONTENTS = {"a": head_content(), "b": division_content(), "c": root_content()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three agreements signed at level T."""
    for name, content in CONTENTS.items():
        (tmp_path / f"{name}.pdf").write_bytes(stamped(content))
    return tmp_path


def augment(
    *paths: Path,
    level: Level = Level.LTA,
    at: datetime = NOW,
    service: MemoryService | None = None,
    renew: bool = False,
    asking: SampledTimestamper | None = None,
) -> Raising:
    asking = asking or timestamper(service or MemoryService(at=at))
    gatherer = Gatherer(training_trust(), fetch=_nothing)
    return augment_paths(paths, level, gatherer, asking, at=at, progress=ignore, renew=renew)


def _nothing(address: str, _body: bytes | None, _limit: int) -> bytes:
    raise AssertionError(address)


def codes(raising: Raising) -> list[tuple[str, str]]:
    return [(one.file.name, one.error.code) for one in raising.refused]


@pytest.mark.parametrize("level", [Level.LT, Level.LTA])
def test_all_of_a_folder_are_brought_up(folder: Path, level: Level) -> None:
    before = snapshot(folder)
    raising = augment(folder, level=level)
    assert raising.exit_code == 0
    assert [one.level for one in raising.raised] == [f"B-{level.upper()}"] * 3
    assert {one.id for one in raising.raised} == {content.id for content in CONTENTS.values()}
    assert all(one.own_timestamps and one.changed for one in raising.raised)
    assert all(one.digest == digest(one.file.read_bytes()) for one in raising.raised)
    assert {one.archived for one in raising.raised} == ({NOW} if level is Level.LTA else {None})
    assert touched(before, folder) == {"a.pdf", "b.pdf", "c.pdf"}


def test_repeated_it_leaves_what_is_up(folder: Path) -> None:
    augment(folder)
    before = snapshot(folder)
    raising = augment(folder, at=NOW + timedelta(hours=1))
    assert raising.exit_code == 0
    assert not any(one.changed for one in raising.raised)
    assert touched(before, folder) == set()


def test_interrupted_it_goes_on_with_the_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    write = augmenting.replace_unchanged

    def die(path: Path, data: bytes, *, expected: str) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(path)
        write(path, data, expected=expected)

    monkeypatch.setattr(augmenting, "replace_unchanged", die)
    with pytest.raises(KeyboardInterrupt):
        augment(folder)
    monkeypatch.undo()
    raising = augment(folder)
    assert raising.exit_code == 0
    assert [one.changed for one in raising.raised] == [False, True, True]


def test_archive_timestamps_are_renewed_if_wished(folder: Path) -> None:
    augment(folder)
    later = NOW + timedelta(days=30)
    raising = augment(folder, at=later, renew=True)
    assert {one.archived for one in raising.raised} == {later}
    assert not any(one.changed for one in augment(folder, at=later, renew=True).raised)


def test_files_of_a_folder_with_an_index_are_recognised(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_slowly(*_given: object) -> None:
        raise AssertionError("read slowly")

    monkeypatch.setattr(augmenting, "read_preserved", read_slowly)
    files = [signed_town.pdf(key) for key in ("INSP", "INSP.IRBAN1")]
    trust = read_trust(signed_town.trust.read_bytes())
    raising = raise_level(files, Level.LT, Gatherer(trust, fetch=_nothing), timestamper(), at=CITY_AT, progress=ignore)
    # the timestamp authority is another PKI's
    assert {code for _, code in codes(raising)} == {"EVIDENCE_PATH"}


def test_indexed_agreements_reach_their_level(signed_town: Town) -> None:
    trust = read_trust(signed_town.trust.read_bytes())
    with serving(open_services(signed_town.pki, CITY_AT), clock=lambda: CITY_AT) as address:
        asking = open_timestamper(address + "/tsa")
        paths = [signed_town.out]
        raising = augment_paths(paths, Level.LTA, Gatherer(trust), asking, at=CITY_AT, progress=ignore)
    assert len(raising.raised) == len(signed_town.index.agreements)
    assert {one.level for one in raising.raised} == {"B-LTA"}
    assert codes(raising) == []


def test_unsigned_and_other_files_in_a_folder_are_left_out(folder: Path) -> None:
    (folder / "unsigned.pdf").write_bytes(issued(head_content()))
    (folder / "other.pdf").write_bytes((folder / "a.pdf").read_bytes()[:500])
    raising = augment(folder)
    assert len(raising.raised) == 3
    assert codes(raising) == [("other.pdf", "SIGN_DAMAGED")]
    assert raising.exit_code == 1


def test_unsigned_file_that_is_named_is_refused(tmp_path: Path) -> None:
    (tmp_path / "unsigned.pdf").write_bytes(issued(head_content()))
    raising = augment(tmp_path / "unsigned.pdf")
    assert codes(raising) == [("unsigned.pdf", "AUGMENT_UNSIGNED")]
    assert raising.exit_code == 7


def test_signature_without_a_timestamp_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(signed(head_content()))
    (raised,) = augment(tmp_path, level=Level.T).raised
    assert (raised.level, raised.own_timestamps, raised.archived) == ("B-T", False, NOW)


def test_file_changed_meanwhile_stays_as_it_is_now(folder: Path) -> None:
    path = folder / "a.pdf"
    other = stamped(head_content(), (Role.FIRST,))

    class Meanwhile(MemoryService):
        def send(self, method: str, *, body: bytes, **more: object) -> Reply:
            path.write_bytes(other)
            return super().send(method, body=body, **more)

    raising = augment(path, service=Meanwhile(at=NOW))
    assert codes(raising) == [("a.pdf", "FILE_CHANGED")]
    assert raising.exit_code == 8
    assert path.read_bytes() == other


def test_authority_that_fails_is_not_asked_for_every_file(folder: Path) -> None:
    before = snapshot(folder)
    service = MemoryService(lambda _reply: Reply(503, {}, b""))
    raising = augment(folder, service=service)
    assert {code for _, code in codes(raising)} == {"TIMESTAMP_FAILED"}
    assert raising.exit_code == 7
    assert len(service.asked) == 3
    assert touched(before, folder) == set()


def test_authority_that_fails_later_stops_the_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmenting, "TOGETHER", 1)
    failing: list[bool] = []
    service = MemoryService(lambda reply: Reply(503, {}, b"") if failing else reply, at=NOW)

    def fail_after_one(done: int, _total: int) -> None:
        failing.append(True)

    gatherer = Gatherer(training_trust(), fetch=_nothing)
    files = sorted(folder.glob("*.pdf"))
    raising = raise_level(files, Level.LTA, gatherer, timestamper(service), at=NOW, progress=fail_after_one)
    assert [one.file.name for one in raising.raised] == ["a.pdf"]
    assert codes(raising) == [("b.pdf", "TIMESTAMP_FAILED"), ("c.pdf", "TIMESTAMP_FAILED")]
    assert raising.exit_code == 1


def test_full_disk_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _data: bytes, *, expected: str) -> None:
        raise OSError(errno.ENOSPC, "full", str(path))

    monkeypatch.setattr(augmenting, "replace_unchanged", full)
    assert {code for _, code in codes(augment(folder))} == {"SYSTEM"}


def test_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "a.pdf").unlink()
    raising = raise_level([folder / "a.pdf"], Level.LT, Gatherer(training_trust()), None, at=NOW, progress=ignore)
    assert codes(raising) == [("a.pdf", "SYSTEM")]


def test_progress_counts_files(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    gatherer = Gatherer(training_trust(), fetch=_nothing)
    files = sorted(folder.glob("*.pdf"))
    raise_level(files, Level.LT, gatherer, None, at=NOW, progress=lambda *counts: seen.append(counts))
    assert seen == [(3, 3)]


def test_level_that_is_not_reached_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(folder)
    monkeypatch.setattr(augmenting, "find_lack", lambda *_given, **_more: Lack(evidence=False, stamp=True))
    raising = augment(folder)
    assert {code for _, code in codes(raising)} == {"AUGMENT_NOT_REACHED"}
    assert "B-T" in raising.refused[0].error.message()
    assert touched(before, folder) == set()


@pytest.mark.parametrize(("level", "code"), [(Level.B, "AUGMENT_LEVEL"), (Level.LTA, "LEVEL_NEEDS_TSA")])
def test_what_cannot_work_is_refused_before_anything_is_read(level: Level, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        raise_level([Path("none.pdf")], level, Gatherer(training_trust()), None, at=NOW, progress=ignore)


def test_authority_is_named_by_its_address() -> None:
    assert open_timestamper("http://tsa.example/tsr").host == "tsa.example"
    with pytest.raises(UsageError, match="SERVICE_ADDRESS"):
        open_timestamper("tsa.example")
