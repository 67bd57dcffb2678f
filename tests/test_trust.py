"""The trust file: strict, and the same value both ways."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.errors import TrustError
from pkdocs.messages import LANGUAGES
from pkdocs.pki.authority import KeyKind, Reason, Revocation, Subject, certify
from pkdocs.profile import Zone
from pkdocs.schema import is_plain_text
from pkdocs.trust import AlgorithmDates, Anchor, LowestHead, Purpose, Trust, read_trust, render_trust
from pkdocs.trust.summary import Currency, PinnedCertificate, PinnedList, fingerprint
from tests.factory import HEAD, MAYOR
from tests.signed import AT, BEGUN, authorities, signer_of, training_trust

SECOND = timedelta(seconds=1)


def full_trust() -> Trust:
    registrars = (signer_of(MAYOR).certificate, signer_of(HEAD).certificate)
    return replace(
        training_trust(),
        registrars=registrars,
        threshold=2,
        lowest_head=LowestHead(3, "ab" * 32),
        qr_address="https://pk.wanasarikota.example/v/",
        earlier_qr_addresses=("https://lama.wanasarikota.example/", ""),
        zone=Zone.WIT,
    )


@pytest.mark.parametrize("trust", [training_trust(), full_trust()])
def test_what_was_written_is_read(trust: Trust) -> None:
    data = render_trust(trust)
    assert read_trust(data) == replace(trust, digest=hashlib.sha256(data).hexdigest())
    assert render_trust(read_trust(data)) == data


@given(
    st.lists(st.text(max_size=30).filter(is_plain_text), min_size=5, max_size=5, unique=True),
    st.sampled_from(Zone),
    st.frozensets(st.sampled_from(Purpose), min_size=1),
    st.booleans(),
)
def test_every_text_survives_the_file(
    texts: list[str], zone: Zone, purposes: frozenset[Purpose], training: bool
) -> None:
    organisation, code, position, address, earlier = texts
    anchor = Anchor(training_trust().anchors[0].certificate, purposes, training)
    trust = replace(
        training_trust(),
        organisation=organisation,
        organisation_code=code,
        root_position=position,
        qr_address=address,
        earlier_qr_addresses=(earlier,),
        zone=zone,
        anchors=(anchor,),
    )
    assert replace(read_trust(render_trust(trust)), digest="") == trust


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def doubled_block(text: str) -> str:
    block = text[text.index("-----BEGIN CERTIFICATE-----") :].partition('"""')[0]
    return text.replace(block, block + block, 1)


def crl_as_anchor(text: str) -> str:
    block = text[text.index("-----BEGIN X509 CRL-----") :].partition('"""')[0]
    head, mark, tail = text.rpartition('certificate = """\n')
    return head + mark + block + '"""\n' if tail else text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text + "=", "TRUST_UNREADABLE"),
        (lambda _: "x = " + "[" * 5000, "TRUST_UNREADABLE"),
        (replaced("pkdocs-trust/1", "pkdocs-index/1"), "TRUST_UNREADABLE"),
        (replaced("pkdocs-trust/1", "pkdocs-trust/x"), "TRUST_UNREADABLE"),
        (replaced("pkdocs-trust/1", "pkdocs-trust/2"), "SCHEMA_NEWER"),
        (replaced("threshold", "thresholds"), "TRUST_UNKNOWN_ENTRY"),
        (replaced("training = true", "training = true\nextra = 1"), "TRUST_UNKNOWN_ENTRY"),
        (replaced("training = true", ""), "TRUST_ENTRY"),
        (replaced("training = true", "training = 1"), "TRUST_ENTRY"),
        (replaced('purposes = ["persons", "timestamps"]', "purposes = []"), "TRUST_ENTRY"),
        (replaced('purposes = ["persons", "timestamps"]', 'purposes = ["everything"]'), "TRUST_ENTRY"),
        (replaced('purposes = ["persons", "timestamps"]', 'purposes = "persons"'), "TRUST_ENTRY"),
        (replaced('zone = "WIT"', 'zone = "UTC"'), "TRUST_ENTRY"),
        (replaced('zone = "WIT"', ""), "TRUST_ENTRY"),
        (replaced('organisation = "', 'organisation = 1 #"'), "TRUST_ENTRY"),
        (replaced('organisation = "', 'organisation = "\\u202e'), "TRUST_ENTRY"),
        (replaced("threshold = 2", "threshold = true"), "TRUST_ENTRY"),
        (replaced("threshold = 2", "threshold = 0"), "TRUST_ENTRY"),
        (replaced("threshold = 2", "threshold = 3"), "TRUST_THRESHOLD"),
        (replaced("ab" * 32, "ab" * 31), "TRUST_ENTRY"),
        (replaced("[lowest_head]", "lowest_head = 1\n[other]"), "TRUST_UNKNOWN_ENTRY"),
        (replaced("version = 3\n", "version = -3\n"), "TRUST_ENTRY"),
        (replaced("MII", "AAA"), "TRUST_ENTRY"),
        (replaced("-----BEGIN CERTIFICATE-----", "-----BEGIN  CERTIFICATE-----"), "TRUST_ENTRY"),
        (replaced('s = ["https://lama.wanasarikota.example/"', "s = [1"), "TRUST_ENTRY"),
        (
            replaced('s = ["https://lama.wanasarikota.example/"', 's = ["https://pk.wanasarikota.example/v/"'),
            "TRUST_ENTRY",
        ),
        (
            replaced('s = ["https://lama.wanasarikota.example/", ""]', 's = "https://lama.wanasarikota.example/"'),
            "TRUST_ENTRY",
        ),
        (doubled_block, "TRUST_ENTRY"),
        (crl_as_anchor, "TRUST_ENTRY"),
    ],
)
def test_one_wrong_entry_is_named(change: Callable[[str], str], code: str) -> None:
    with pytest.raises(TrustError) as caught:
        read_trust(change(render_trust(full_trust()).decode()).encode())
    assert caught.value.code == code
    assert caught.value.exit_code == 6
    assert all(caught.value.message(language) for language in LANGUAGES)


def test_a_file_without_anchors_judges_nothing() -> None:
    text = render_trust(training_trust()).decode().partition("[[anchors]]")[0]
    with pytest.raises(TrustError, match="TRUST_WITHOUT_ANCHOR"):
        read_trust(text.replace("crls", "anchors = []\ncrls", 1).encode())


DATES = AlgorithmDates(sooner=(("rsa-2048", date(2028, 12, 31)),), later=(("secp256r1", date(2040, 6, 30)),))


def test_other_days_of_algorithms_are_read_as_they_were_written() -> None:
    data = render_trust(replace(training_trust(), algorithms=DATES))
    assert read_trust(data).algorithms == DATES
    assert b"[algorithms.sooner]\nrsa-2048 = 2028-12-31\n" in data
    assert b"algorithms" not in render_trust(training_trust())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rsa-2048 =", "rsa-1024 ="),
        ("rsa-2048 =", "sha1 ="),
        ("2028-12-31", '"2028-12-31"'),
        ("2028-12-31", "2028-12-31T00:00:00Z"),
        ("rsa-2048 =", "secp256r1 ="),
        ("[algorithms.sooner]", "[algorithms.other]"),
    ],
    ids=["a key that is too short", "a digest that is broken", "text", "a moment", "both ways", "an unknown part"],
)
def test_what_is_no_day_of_a_known_algorithm_is_refused(old: str, new: str) -> None:
    data = render_trust(replace(training_trust(), algorithms=DATES)).decode()
    assert old in data
    with pytest.raises(TrustError):
        read_trust(data.replace(old, new).encode())


@pytest.mark.parametrize("written", ["algorithms = 1", "[algorithms]\nsooner = 1"], ids=["no table", "no days"])
def test_algorithms_that_are_no_tables_are_refused(written: str) -> None:
    data = render_trust(training_trust()).decode()
    with pytest.raises(TrustError):
        read_trust(data.replace("[[anchors]]", f"{written}\n[[anchors]]").encode())


def test_without_earlier_addresses_the_file_has_no_entry_for_them() -> None:
    assert b"earlier_qr_addresses" not in render_trust(training_trust())


def test_one_anchor_stands_once() -> None:
    (anchor,) = training_trust().anchors
    with pytest.raises(TrustError, match="anchors"):
        replace(training_trust(), anchors=(anchor, replace(anchor, training=False)))


def test_one_registrar_counts_once() -> None:
    certificate = signer_of(MAYOR).certificate
    with pytest.raises(TrustError, match="registrars"):
        replace(training_trust(), registrars=(certificate, certificate))


def test_bytes_that_are_no_text_are_no_trust_file() -> None:
    with pytest.raises(TrustError, match="TRUST_UNREADABLE"):
        read_trust(authorities()[0].certificate.public_bytes(Encoding.DER))


def test_an_endless_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.trust.file.MAX_TRUST_BYTES", 100)
    with pytest.raises(TrustError, match="TRUST_UNREADABLE"):
        read_trust(render_trust(training_trust()))


def test_the_example_of_the_documentation_is_a_trust_file() -> None:
    page = (Path(__file__).parents[1] / "docs" / "trust.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    pems = {
        "CERTIFICATE": [
            certificate.public_bytes(Encoding.PEM)
            for certificate in (
                *map(x509.load_der_x509_certificate, (signer_of(MAYOR).certificate, signer_of(HEAD).certificate)),
                *(authority.certificate for authority in authorities()),
            )
        ],
        "X509 CRL": [x509.load_der_x509_crl(training_trust().crls[0]).public_bytes(Encoding.PEM)] * 3,
    }
    block = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
    filled = block.sub(lambda found: pems[found[1]].pop(0).decode().strip(), example)
    trust = read_trust(filled.encode())
    assert not any(pems.values())
    assert (trust.threshold, len(trust.registrars), len(trust.anchors), len(trust.crls)) == (2, 2, 2, 3)
    assert (trust.lowest_head is not None, len(trust.earlier_qr_addresses)) == (True, 1)


class TestSummary:
    """What an auditor compares by eye."""

    def test_a_certificate_is_told_as_authorities_publish_it(self) -> None:
        root, issuing = (authority.certificate for authority in authorities())
        pinned = PinnedCertificate.of(issuing.public_bytes(Encoding.DER))
        assert pinned.issuer == PinnedCertificate.of(root.public_bytes(Encoding.DER)).subject
        assert (pinned.begins, pinned.ends) == (issuing.not_valid_before_utc, issuing.not_valid_after_utc)
        assert fingerprint(pinned.sha256) == issuing.fingerprint(SHA256()).hex(":").upper()
        assert not pinned.is_self_issued

    def test_both_ends_of_its_days_belong_to_them(self) -> None:
        pinned = PinnedCertificate.of(authorities()[0].certificate.public_bytes(Encoding.DER))
        moments = (pinned.begins - SECOND, pinned.begins, pinned.ends, pinned.ends + SECOND)
        assert [pinned.currency(at) for at in moments] == ["future", "current", "current", "lapsed"]

    def test_a_list_that_does_not_say_until_when_is_past(self) -> None:
        pinned = PinnedList("CN=x", BEGUN, None, 0)
        assert pinned.currency(BEGUN + SECOND) is Currency.LAPSED

    def test_what_was_revoked_is_counted(self) -> None:
        trust = training_trust(revoked=(Revocation(7, AT, Reason.UNSPECIFIED),))
        assert [PinnedList.of(crl).revoked for crl in trust.crls] == [0, 1]

    @pytest.mark.parametrize("sign", ["\u202e", "\x1b", "\n"])
    def test_a_name_does_not_steer_the_terminal(self, sign: str) -> None:
        subject = Subject("AAAABBBBCCCCDDDD", f"Elok{sign}Larasasih", "Dinas", "Pemerintah Kota")
        certificate = certify(authorities()[1], subject, KeyKind.P256.make_key().public_key(), at=BEGUN)
        shown = PinnedCertificate.of(certificate.public_bytes(Encoding.DER)).subject
        assert sign not in shown
        assert f"\\u{ord(sign):04X}" in shown

    def test_names_that_cannot_be_read_are_named(self) -> None:
        root = authorities()[0].certificate.public_bytes(Encoding.DER)
        with pytest.raises(TrustError, match="certificate"):
            PinnedCertificate.of(root.replace(b"Otoritas Induk", b"Otoritas \xff\xfe\xff\xfe\xff"))
        with pytest.raises(TrustError, match="crls"):
            PinnedList.of(training_trust().crls[0].replace(b"Otoritas Induk", b"Otoritas \xff\xfe\xff\xfe\xff"))
