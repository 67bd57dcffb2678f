"""The training PKI on disk: made once, added to, readable for its owner alone."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pkdocs.errors import ConflictError, CredentialError, PkdocsError
from pkdocs.messages import LANGUAGES
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pki import (
    ENROLMENT_SCHEMA,
    Enrollee,
    Issuance,
    KeyKind,
    Reason,
    init_pki,
    issue_certificates,
    open_services,
    refresh,
    revoke,
)
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, check_certificate, load_pkcs12
from pkdocs.trust import Purpose, Trust, read_trust, render_trust
from tests.factory import MAYOR
from tests.signed import signer_of, training_trust

AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
HEAD_NUMBER, DIVISION_NUMBER = "197111021996032992", "197801302003012994"


def enrollee(number: str, name: str = "Citra Maheswari") -> Enrollee:
    return Enrollee(number, pseudonym(TRIAL_KEY, number), name, "Dinas Komunikasi dan Informatika")


HEAD, DIVISION = enrollee(HEAD_NUMBER), enrollee(DIVISION_NUMBER, "Elok Larasasih")


ADDRESS, NEW_ADDRESS = "https://pk.example/v/", "https://sakip.example/pk/"


def issue(
    directory: Path,
    *persons: Enrollee,
    at: datetime = AT,
    renew: bool = False,
    address: str = ADDRESS,
    organisation: str = "Pemerintah Kota Wanasari",
) -> Issuance:
    return issue_certificates(
        directory,
        persons,
        organisation=organisation,
        organisation_code="35.99",
        root_position="WALIKOTA",
        qr_address=address,
        zone=Zone.WITA,
        at=at,
        renew=renew,
    )


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    directory = tmp_path / "pki"
    init_pki(directory, at=AT, registrars=[DIVISION_NUMBER, HEAD_NUMBER])
    return directory


def trust_of(directory: Path) -> Trust:
    return read_trust((directory / "trust.toml").read_bytes())


def signer(directory: Path, number: str) -> FileSigner:
    passphrase = (directory / "signers" / f"{number}.pass").read_text().strip()
    return load_pkcs12((directory / "signers" / f"{number}.p12").read_bytes(), passphrase)


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def revoked(directory: Path) -> list[x509.RevokedCertificate]:
    lists = [x509.load_der_x509_crl(crl) for crl in trust_of(directory).crls]
    return [entry for crl in lists for entry in crl]


def test_a_new_pki_has_an_anchor_for_training_and_two_lists(pki: Path) -> None:
    trust = trust_of(pki)
    (anchor,) = trust.anchors
    assert anchor.training
    root = x509.load_der_x509_certificate(anchor.certificate)
    assert (pki / "ca" / "root.pem").read_bytes() == root.public_bytes(Encoding.PEM)
    issuers = {x509.load_der_x509_crl(crl).issuer for crl in trust.crls}
    assert len(issuers) == 2
    assert root.subject in issuers
    assert (trust.organisation, trust.root_position, trust.registrars) == ("", "", ())
    assert not list(pki.parent.glob(".pki*"))


def test_issuing_completes_the_trust_file(pki: Path) -> None:
    issue(pki, HEAD, DIVISION)
    trust = trust_of(pki)
    assert (trust.organisation, trust.organisation_code) == ("Pemerintah Kota Wanasari", "35.99")
    assert (trust.root_position, trust.qr_address, trust.zone) == ("WALIKOTA", "https://pk.example/v/", Zone.WITA)
    assert trust.registrars == (signer(pki, DIVISION_NUMBER).certificate, signer(pki, HEAD_NUMBER).certificate)
    assert trust.threshold == 2


def test_a_registrar_who_has_no_certificate_yet_is_left_out(pki: Path) -> None:
    issue(pki, HEAD)
    trust = trust_of(pki)
    assert trust.registrars == (signer(pki, HEAD_NUMBER).certificate,)
    assert trust.threshold == 1


@pytest.mark.parametrize("kind", KeyKind)
def test_a_signers_file_opens_with_its_passphrase_and_is_ready_to_sign(tmp_path: Path, kind: KeyKind) -> None:
    init_pki(tmp_path / "pki", at=AT, key=kind)
    issue(tmp_path / "pki", HEAD)
    holder = signer(tmp_path / "pki", HEAD_NUMBER)
    check_certificate(holder, AT)
    assert holder.person == HEAD.person
    assert holder.friendly_name == HEAD_NUMBER
    assert len(holder.chain) == 2
    key_bits = x509.load_der_x509_certificate(holder.certificate).public_key()
    assert getattr(key_bits, "key_size", 0) == (256 if kind is KeyKind.P256 else 2048)


def test_keys_and_records_are_for_their_owner_alone(pki: Path) -> None:
    issue(pki, HEAD)
    revoke(pki, HEAD_NUMBER, Reason.UNSPECIFIED, AT)
    secrets = [*pki.glob("signers/*"), *pki.glob("ca/*.key.pem"), pki / "ca" / "records.json"]
    assert len(secrets) == 7
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert {stat.S_IMODE((pki / name).stat().st_mode) for name in ("ca", "signers")} == {0o700}


def test_no_nip_leaves_the_owner(pki: Path) -> None:
    issue(pki, HEAD)
    for name in ("trust.toml", "enrolment.json"):
        assert HEAD_NUMBER.encode() not in (pki / name).read_bytes()
    assert HEAD_NUMBER not in repr(HEAD)


def test_the_enrolment_lists_who_holds_which_certificate(pki: Path) -> None:
    issue(pki, HEAD)
    enrolment = json.loads((pki / "enrolment.json").read_bytes())
    assert enrolment["schema"] == ENROLMENT_SCHEMA
    (entry,) = enrolment["certificates"]
    certificate = x509.load_pem_x509_certificate(entry["certificate"].encode())
    assert certificate.public_bytes(Encoding.DER) == signer(pki, HEAD_NUMBER).certificate
    assert entry["person"] == HEAD.person
    assert entry["begins"] == "2026-01-05T01:00:00+00:00"
    assert entry["ends"] == "2028-01-05T01:00:00+00:00"


def test_issuing_again_adds_people_and_changes_nobodys_key(pki: Path) -> None:
    issue(pki, HEAD)
    before = contents(pki / "signers")
    again = issue(pki, HEAD, DIVISION, at=AT + timedelta(days=1))
    assert (again.added, again.kept) == ((DIVISION,), (HEAD,))
    after = contents(pki / "signers")
    assert before.items() <= after.items()
    assert len(json.loads((pki / "enrolment.json").read_bytes())["certificates"]) == 2


@pytest.mark.parametrize("together", [True, False])
def test_numbers_that_differ_in_case_alone_would_share_a_file(pki: Path, *, together: bool) -> None:
    first, second = enrollee("THL-1"), enrollee("thl-1", "Joko Samudra")
    before = contents(pki)
    if not together:
        issue(pki, first)
        before = contents(pki)
    with pytest.raises(ConflictError, match="PKI_NUMBER_CASE") as stop:
        issue(pki, *((first, second) if together else (second,)))
    assert "Joko Samudra" in stop.value.message("id")
    assert contents(pki) == before


def test_a_person_who_is_named_twice_gets_one_certificate(pki: Path) -> None:
    assert issue(pki, HEAD, HEAD).added == (HEAD,)


def test_renewing_gives_a_new_key_and_keeps_the_old_one(pki: Path) -> None:
    issue(pki, HEAD)
    old = signer(pki, HEAD_NUMBER).certificate
    old_file = (pki / "signers" / f"{HEAD_NUMBER}.p12").read_bytes()
    issue(pki, HEAD, at=AT + timedelta(days=700), renew=True)
    new = signer(pki, HEAD_NUMBER).certificate
    assert new != old
    assert trust_of(pki).registrars == (new,)
    assert old_file in contents(pki / "signers" / "lama").values()
    assert len(json.loads((pki / "enrolment.json").read_bytes())["certificates"]) == 2


def test_another_person_key_is_found_before_anything_is_made(pki: Path) -> None:
    issue(pki, HEAD)
    before = contents(pki)
    other = replace(HEAD, person=pseudonym(bytes(32), HEAD_NUMBER))
    with pytest.raises(ConflictError, match="PKI_OTHER_PERSON_KEY"):
        issue(pki, DIVISION, other)
    assert contents(pki) == before
    issue(pki, other, renew=True)
    assert signer(pki, HEAD_NUMBER).person == other.person
    assert issue(pki, other).kept == (other,)


def test_another_organisation_needs_its_own_pki(pki: Path) -> None:
    issue(pki, HEAD)
    (pki / "trust.toml").write_bytes(render_trust(replace(trust_of(pki), organisation="Pemerintah Kota Lain")))
    with pytest.raises(ConflictError, match="PKI_OTHER_ORGANISATION"):
        issue(pki, DIVISION)
    issue(pki, DIVISION, renew=True)
    assert trust_of(pki).organisation == "Pemerintah Kota Wanasari"


def test_what_an_interrupted_run_left_is_taken_over(pki: Path) -> None:
    before = contents(pki)
    issue(pki, HEAD)
    made = signer(pki, HEAD_NUMBER).certificate
    for name, data in before.items():
        (pki / name).write_bytes(data)
    assert issue(pki, HEAD).added == (HEAD,)
    assert signer(pki, HEAD_NUMBER).certificate == made
    assert len(json.loads((pki / "enrolment.json").read_bytes())["certificates"]) == 1


@pytest.mark.parametrize("data", [b"", b"not a key"])
def test_a_foreign_file_in_the_place_of_a_key_is_left_alone(pki: Path, data: bytes) -> None:
    path = pki / "signers" / f"{HEAD_NUMBER}.p12"
    path.write_bytes(data)
    path.with_suffix(".pass").write_bytes(b"x\n")
    with pytest.raises(ConflictError, match="PKI_FOREIGN_KEY"):
        issue(pki, HEAD)
    assert path.read_bytes() == data


def test_a_key_of_somebody_else_or_of_another_pki_is_left_alone(pki: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    init_pki(other, at=AT)
    issue(other, HEAD)
    issue(pki, DIVISION)
    for source in (other / "signers" / HEAD_NUMBER, pki / "signers" / DIVISION_NUMBER):
        for suffix in (".p12", ".pass"):
            target = pki / "signers" / f"{HEAD_NUMBER}{suffix}"
            target.write_bytes(source.with_suffix(suffix).read_bytes())
        with pytest.raises(ConflictError, match="PKI_FOREIGN_KEY"):
            issue(pki, HEAD)


def test_a_revoked_certificate_is_on_the_next_list_once(pki: Path) -> None:
    issue(pki, HEAD, DIVISION)
    later = AT + timedelta(days=3)
    assert revoke(pki, HEAD_NUMBER, Reason.KEY_COMPROMISE, later) == 1
    assert revoke(pki, HEAD_NUMBER, Reason.SUPERSEDED, later + timedelta(days=1)) == 0
    (entry,) = revoked(pki)
    held = x509.load_der_x509_certificate(signer(pki, HEAD_NUMBER).certificate)
    assert entry.serial_number == held.serial_number
    assert entry.revocation_date_utc == later
    assert trust_of(pki).organisation == "Pemerintah Kota Wanasari"


def test_somebody_unknown_cannot_be_revoked(pki: Path) -> None:
    before = contents(pki)
    with pytest.raises(CredentialError, match="PKI_UNKNOWN_PERSON"):
        revoke(pki, "198001012005011991", Reason.UNSPECIFIED, AT)
    assert contents(pki) == before


def test_refreshing_gives_later_lists_and_keeps_what_others_added(pki: Path) -> None:
    issue(pki, HEAD)
    revoke(pki, HEAD_NUMBER, Reason.CESSATION, AT)
    foreign = training_trust()
    own = trust_of(pki)
    mixed = replace(own, anchors=own.anchors + foreign.anchors, organisation="Kota Lain")
    (pki / "trust.toml").write_bytes(render_trust(mixed))
    later = AT + timedelta(days=30)
    refresh(pki, later)
    trust = trust_of(pki)
    assert {x509.load_der_x509_crl(crl).last_update_utc for crl in trust.crls} == {later}
    assert len(revoked(pki)) == 1
    assert trust.anchors == mixed.anchors
    assert trust.organisation == "Kota Lain"


def test_an_existing_directory_is_never_overwritten(pki: Path, tmp_path: Path) -> None:
    before = contents(pki)
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for directory in (pki, tmp_path / "file", tmp_path / "link", tmp_path / "file" / "below"):
        with pytest.raises(PkdocsError) as caught:
            init_pki(directory, at=AT)
        assert caught.value.code == ("PKI_UNMADE" if directory.name == "below" else "PKI_EXISTS")
        assert caught.value.exit_code == 8
    assert contents(pki) == before


def test_an_empty_directory_will_do(tmp_path: Path) -> None:
    (tmp_path / "pki").mkdir()
    init_pki(tmp_path / "pki", at=AT)
    assert trust_of(tmp_path / "pki").anchors


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("ca/root.key.pem", None, "PKI_ABSENT"),
        ("ca/records.json", None, "PKI_ABSENT"),
        ("trust.toml", None, "PKI_ABSENT"),
        ("ca/root.key.pem", b"x", "PKI_DAMAGED"),
        ("ca/issuing.pem", b"x", "PKI_DAMAGED"),
        ("ca/records.json", b"{}", "PKI_DAMAGED"),
        ("ca/records.json", b'{"crl_number":1,"schema":"pkdocs-pki/2"}', "SCHEMA_NEWER"),
        ("ca/records.json", b'{"crl_number":1,"schema":"pkdocs-pkl/2"}', "PKI_DAMAGED"),
        ("trust.toml", b"x", "TRUST_UNREADABLE"),
    ],
)
def test_a_damaged_pki_is_named_and_left_alone(pki: Path, name: str, data: bytes | None, code: str) -> None:
    if data is None:
        (pki / name).unlink()
    else:
        (pki / name).write_bytes(data)
    with pytest.raises(PkdocsError) as caught:
        refresh(pki, AT)
    assert (caught.value.code, caught.value.exit_code) == (code, 6)


def test_keys_that_were_exchanged_are_found(pki: Path) -> None:
    (pki / "ca" / "root.key.pem").write_bytes((pki / "ca" / "issuing.key.pem").read_bytes())
    with pytest.raises(CredentialError, match="PKI_DAMAGED"):
        refresh(pki, AT)


@pytest.mark.parametrize("number", ["", "../1", ".1", "1/2", "1" * 41, "1\n", "-", "CON", "com1"])
def test_a_number_that_is_no_file_name_is_refused(number: str) -> None:
    with pytest.raises(CredentialError) as caught:
        enrollee(number)
    assert "Citra" in caught.value.message("id")
    assert all(caught.value.message(language) for language in LANGUAGES)


def test_the_chain_in_a_signers_file_is_whole(pki: Path) -> None:
    issue(pki, HEAD)
    root = read_trust((pki / "trust.toml").read_bytes()).anchors[0].certificate
    assert signer(pki, HEAD_NUMBER).chain[-1] == root
    assert signer_of(MAYOR).chain[-1] != root


def test_other_tools_open_a_signers_file(pki: Path) -> None:
    issue(pki, HEAD)
    loaded = pkcs12.load_pkcs12(
        (pki / "signers" / f"{HEAD_NUMBER}.p12").read_bytes(),
        (pki / "signers" / f"{HEAD_NUMBER}.pass").read_bytes().strip(),
    )
    assert loaded.cert is not None
    assert loaded.cert.friendly_name == HEAD_NUMBER.encode()


def test_a_directory_that_cannot_be_written_is_named(pki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = contents(pki)
    for broken in ("tempfile.mkstemp", "pkdocs.files.os.fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(broken, full)
            with pytest.raises(ConflictError, match="PKI_UNWRITABLE"):
                refresh(pki, AT)
        assert contents(pki) == before


class TestAddresses:
    """Pages that were signed keep the address that they were issued with."""

    def addresses(self, pki: Path, *later: str) -> tuple[str, ...]:
        for address in later:
            issue(pki, HEAD, address=address)
        return trust_of(pki).qr_addresses

    def test_the_first_address_has_none_before_it(self, pki: Path) -> None:
        assert self.addresses(pki, ADDRESS) == (ADDRESS,)
        assert self.addresses(pki, ADDRESS) == (ADDRESS,)

    def test_the_earlier_address_is_kept(self, pki: Path) -> None:
        assert self.addresses(pki, ADDRESS, NEW_ADDRESS) == (NEW_ADDRESS, ADDRESS)

    def test_having_had_none_is_kept_too(self, pki: Path) -> None:
        assert self.addresses(pki, "", NEW_ADDRESS, ADDRESS) == (ADDRESS, NEW_ADDRESS, "")

    def test_an_address_that_comes_back_is_todays_again(self, pki: Path) -> None:
        assert self.addresses(pki, ADDRESS, NEW_ADDRESS, ADDRESS) == (ADDRESS, NEW_ADDRESS)

    def test_those_of_another_organisation_are_not_kept(self, pki: Path) -> None:
        issue(pki, HEAD)
        issue(pki, HEAD, address=NEW_ADDRESS, organisation="Pemerintah Kota Lain", renew=True)
        assert trust_of(pki).qr_addresses == (NEW_ADDRESS,)


def test_anchors_and_lists_of_an_earlier_generation_stay(pki: Path, tmp_path: Path) -> None:
    before = tmp_path / "lama"
    init_pki(before, at=AT - timedelta(days=400), key=KeyKind.RSA2048)
    old, new = trust_of(before), trust_of(pki)
    merged = replace(new, anchors=(*old.anchors, *new.anchors), crls=(*old.crls, *new.crls))
    (pki / "trust.toml").write_bytes(render_trust(merged))
    refresh(pki, AT + timedelta(days=1))
    trust = trust_of(pki)
    assert trust.anchors == merged.anchors
    assert set(old.crls) < set(trust.crls)
    assert not set(new.crls) & set(trust.crls)
    assert len(trust.crls) == 4


class TestServices:
    """A PKI made before there were services gets them; nothing that is there changes."""

    SERVICES = ("tsa.pem", "tsa.key.pem", "ocsp.pem", "ocsp.key.pem")

    @pytest.fixture
    def old(self, pki: Path) -> Path:
        issue(pki, HEAD)
        for name in self.SERVICES:
            (pki / "ca" / name).unlink()
        trust = trust_of(pki)
        anchors = (*(replace(anchor, purposes=frozenset({Purpose.PERSONS})) for anchor in trust.anchors),)
        foreign = training_trust(KeyKind.RSA2048).anchors
        kept = (*anchors, *(replace(anchor, purposes=frozenset({Purpose.PERSONS})) for anchor in foreign))
        (pki / "trust.toml").write_bytes(render_trust(replace(trust, anchors=kept)))
        return pki

    @pytest.mark.parametrize("complete", [open_services, refresh])
    def test_they_are_added(self, old: Path, complete: Callable[[Path, datetime], object]) -> None:
        before = contents(old)
        complete(old, AT + timedelta(days=400))
        after = contents(old)
        assert after.keys() - before.keys() == {f"ca/{name}" for name in self.SERVICES}
        changed = {"trust.toml"} if complete is open_services else {"trust.toml", "ca/records.json"}
        assert {name for name in before if before[name] != after[name]} == changed
        assert [anchor.purposes for anchor in trust_of(old).anchors] == [set(Purpose), {Purpose.PERSONS}]
        assert (old / "ca" / "tsa.key.pem").stat().st_mode & 0o777 == 0o600

    def test_they_are_added_once(self, old: Path) -> None:
        open_services(old, AT)
        before = contents(old)
        open_services(old, AT + timedelta(days=1))
        assert contents(old) == before

    def test_who_took_an_anchors_purpose_away_keeps_it_so(self, pki: Path) -> None:
        trust = trust_of(pki)
        anchors = tuple(replace(anchor, purposes=frozenset({Purpose.PERSONS})) for anchor in trust.anchors)
        (pki / "trust.toml").write_bytes(render_trust(replace(trust, anchors=anchors)))
        open_services(pki, AT)
        refresh(pki, AT)
        assert trust_of(pki).anchors == anchors

    @pytest.mark.parametrize("name", SERVICES)
    def test_an_interrupted_addition_is_completed(self, old: Path, name: str) -> None:
        open_services(old, AT)
        whole = contents(old)
        (old / "ca" / name.replace(".key", "")).unlink()
        open_services(old, AT)
        assert contents(old).keys() == whole.keys()

    def test_a_damaged_one_is_named(self, pki: Path) -> None:
        (pki / "ca" / "tsa.key.pem").write_bytes((pki / "ca" / "ocsp.key.pem").read_bytes())
        with pytest.raises(CredentialError, match="PKI_DAMAGED"):
            open_services(pki, AT)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8318", "http://127.0.0.1:8318/"])
def test_certificates_name_what_is_below_the_address(tmp_path: Path, address: str) -> None:
    pki = tmp_path / "pki"
    init_pki(pki, at=AT, address=address)
    issue(pki, HEAD)
    person = x509.load_der_x509_certificate(signer(pki, HEAD_NUMBER).certificate)
    tsa, responder, issuing, root = (
        x509.load_pem_x509_certificate((pki / "ca" / f"{name}.pem").read_bytes())
        for name in ("tsa", "ocsp", "issuing", "root")
    )
    assert addresses(person) == addresses(tsa) == {"http://127.0.0.1:8318/ocsp", "http://127.0.0.1:8318/issuing.crl"}
    assert addresses(issuing) == {"http://127.0.0.1:8318/root.crl"}
    assert addresses(responder) == addresses(root) == set()


def addresses(certificate: x509.Certificate) -> set[str]:
    named = set()
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.AuthorityInformationAccess):
            named |= {entry.access_location.value for entry in extension.value}
        if isinstance(extension.value, x509.CRLDistributionPoints):
            named |= {name.value for point in extension.value for name in point.full_name or ()}
    return named
