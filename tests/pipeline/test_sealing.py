"""The organisation's seal before the ceremony: what is sealed, kept, refused, and what lasts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pkdocs.errors import CredentialError, PkdocsError, SigningError
from pkdocs.files import digest
from pkdocs.outcome import Outcome
from pkdocs.pipeline import sealing
from pkdocs.pipeline.sealing import Sealing, plan_sealing, seal_files
from pkdocs.pki.authority import KeyKind, certify_seal
from pkdocs.signing import Holder, Keyed, Task, load_pkcs12, read_form
from tests.city import AT, KEYS, Town, ignore, snapshot, touched
from tests.signed import BEGUN, PASSPHRASE, authorities, container


def seal_key(town: Town) -> Keyed:
    passphrase = (town.pki / "segel.pass").read_text(encoding="ascii").strip()
    return Keyed(load_pkcs12((town.pki / "segel.p12").read_bytes(), passphrase))


@dataclass
class Service:
    """A key that refuses: ``errors`` in their order, and what it was asked for."""

    keyed: Keyed
    errors: list[PkdocsError]
    batch: int = 1
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.keyed, name)

    def sign(self, tasks: Sequence[Task]) -> Iterator[Outcome[Task, bytes]]:
        for task in tasks:
            self.asked.append(task.id)
            yield Outcome(task, error=self.errors.pop(0)) if self.errors else next(iter(self.keyed.sign([task])))


def seal(town: Town, *paths: Path, holder: object = None) -> Sealing:
    given: Holder = holder or seal_key(town)  # type: ignore[assignment]  # a Service has the rest by __getattr__
    return seal_files(plan_sealing(paths or [town.out], given), given, at=lambda: AT, progress=ignore)


def codes(done: Sealing) -> list[str]:
    return [one.error.code for one in done.refused]


def test_all_that_nobody_has_signed_is_sealed(town: Town) -> None:
    before = {key: town.pdf(key).read_bytes() for key in KEYS}
    done = seal(town)
    assert (len(done.sealed), done.kept, done.refused, done.exit_code) == (len(KEYS), (), (), 0)
    for key, pdf in before.items():
        after = town.pdf(key).read_bytes()
        assert after.startswith(pdf)
        assert read_form(after).seal == seal_key(town).certificate
    assert {one.digest for one in done.sealed} == {digest(town.pdf(key).read_bytes()) for key in KEYS}


def test_what_is_sealed_is_kept(town: Town) -> None:
    seal(town)
    before = snapshot(town.out)
    again = seal(town)
    assert (again.sealed, len(again.kept), again.exit_code) == ((), len(KEYS), 0)
    assert touched(before, town.out) == set()


def test_what_is_signed_is_refused(town: Town) -> None:
    town.sign("WALIKOTA")
    done = seal(town)
    assert (codes(done), len(done.sealed), done.exit_code) == (["SEAL_TOO_LATE"], len(KEYS) - 1, 1)


def test_people_sign_after_the_seal(town: Town) -> None:
    seal(town)
    town.sign_all()
    forms = [read_form(town.pdf(key).read_bytes()) for key in KEYS]
    assert all(form.seal and not form.open for form in forms)


def test_a_new_generation_keeps_the_seal(town: Town) -> None:
    seal(town)
    before = snapshot(town.out)
    done = town.generate()
    assert (done.made, done.failed) == (0, ())
    assert not any(name.endswith(".pdf") for name in touched(before, town.out))


def test_a_damaged_file_does_not_stop_the_rest(town: Town) -> None:
    town.pdf("INSP").write_bytes(b"%PDF-1.7")
    (town.out / "surat.pdf").write_bytes(b"%PDF-1.7")
    done = seal(town)
    assert ([one.id for one in done.refused], codes(done)) == (["PK-2026-INSP-1"], ["SIGN_NOT_ISSUED"])
    assert (len(done.sealed), done.exit_code) == (len(KEYS) - 1, 1)


def test_a_file_that_cannot_be_read_is_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: Path) -> bytes:
        raise PermissionError(13, "ditolak")

    monkeypatch.setattr(sealing, "read_regular", unreadable)
    done = seal(town, town.pdf("INSP"))
    assert (codes(done), done.exit_code) == (["SYSTEM"], 7)


@pytest.mark.parametrize("fault", [PermissionError(13, "ditolak"), None], ids=["unreadable", "changed"])
def test_what_happens_to_a_file_after_the_plan_is_that_files_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch, fault: OSError | None
) -> None:
    holder = seal_key(town)
    planned = plan_sealing([town.pdf("INSP"), town.pdf("BKPSDM")], holder)
    real = sealing.read_regular

    def spoilt(file: Path) -> bytes:
        if file != town.pdf("INSP"):
            return real(file)
        if fault:
            raise fault
        return b"theirs"

    monkeypatch.setattr(sealing, "read_regular", spoilt)
    done = seal_files(planned, holder, at=lambda: AT, progress=ignore)
    assert codes(done) == ["SYSTEM" if fault else "FILE_CHANGED"]
    assert (len(done.sealed), done.exit_code) == (1, 1)


@pytest.mark.parametrize("fault", [True, False], ids=["full", "changed"])
def test_what_was_changed_while_it_was_sealed_is_left(
    town: Town, monkeypatch: pytest.MonkeyPatch, *, fault: bool
) -> None:
    real = sealing.replace_unchanged

    def meanwhile(file: Path, data: bytes, *, expected: str) -> None:
        if fault:
            raise OSError(28, "penuh")
        file.write_bytes(b"theirs")
        real(file, data, expected=expected)

    monkeypatch.setattr(sealing, "replace_unchanged", meanwhile)
    done = seal(town, town.pdf("INSP"))
    assert (codes(done), done.exit_code) == ((["SYSTEM"], 7) if fault else (["FILE_CHANGED"], 8))


@pytest.mark.parametrize("batch", [1, 10])
def test_a_refused_key_is_tried_once(town: Town, batch: int) -> None:
    service = Service(seal_key(town), [CredentialError("P12_PASSPHRASE")] * len(KEYS), batch)
    before = snapshot(town.out)
    done = seal(town, holder=service)
    assert len(service.asked) == 1
    assert codes(done) == ["P12_PASSPHRASE", *["SIGN_NOT_REACHED"] * (len(KEYS) - 1)]
    assert done.exit_code == 6
    assert touched(before, town.out) == set()


def test_a_single_document_that_is_refused_does_not_stop_the_rest(town: Town) -> None:
    done = seal(town, holder=Service(seal_key(town), [SigningError("SIGN_DAMAGED")]))
    assert (codes(done), len(done.sealed)) == (["SIGN_DAMAGED"], len(KEYS) - 1)


def test_the_key_of_a_person_is_none_of_the_organisation(town: Town) -> None:
    with pytest.raises(CredentialError, match="SEAL_ORGANISATION"):
        plan_sealing([town.out], Keyed(town.signer("INSP")))


@pytest.mark.parametrize("organisation", ["Pemerintah Kota Lain", ""])
def test_the_key_of_another_organisation_seals_nothing(town: Town, organisation: str) -> None:
    key = KeyKind.P256.make_key()
    certificate = certify_seal(authorities()[1], organisation or "-", key.public_key(), at=BEGUN)
    holder = Keyed(load_pkcs12(container(key, certificate), PASSPHRASE))
    with pytest.raises(CredentialError, match="SEAL_ORGANISATION"):
        plan_sealing([town.out], holder)
