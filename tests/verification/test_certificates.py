"""Certificates at a time: what is believed, and why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pkdocs.messages import LANGUAGES
from pkdocs.pki.authority import Authority, KeyKind, Reason, Revocation, make_crl, make_issuing, make_root
from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification import Sub, Weight
from pkdocs.verification.algorithms import PLAIN, Key, key_of
from pkdocs.verification.certificates import CertificateJudge, Standing, may_sign
from tests.factory import HEAD
from tests.signed import AT, BEGUN, authorities, signer_of, training_trust

LATER = AT + timedelta(days=1)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def der_list(crl: x509.CertificateRevocationList) -> bytes:
    return crl.public_bytes(Encoding.DER)


def standing(
    *,
    at: datetime = LATER,
    trust: Trust | None = None,
    certificate: bytes | None = None,
    chain: tuple[bytes, ...] | None = None,
) -> Standing:
    """Return the standing of a valid certificate but for what is given."""
    signer = signer_of(HEAD)
    own = signer.certificate if certificate is None else certificate
    return CertificateJudge(trust or training_trust(), Purpose.PERSONS, at).judge(
        own, signer.chain if chain is None else chain
    )


def only(judged: Standing) -> tuple[str, Weight, Sub | None]:
    (finding,) = judged.findings
    return finding.code, finding.weight, finding.sub


def made(
    change: Callable[[x509.CertificateBuilder], x509.CertificateBuilder] = lambda builder: builder,
    *,
    issuer: Authority | None = None,
    usage: dict[str, bool] | None = None,
    ca: bool = False,
) -> bytes:
    """Return a person's certificate with one thing other."""
    authority = issuer or authorities(KeyKind.P256)[1]
    key = KeyKind.P256.make_key()
    signs = {"digital_signature": True, "content_commitment": True} if usage is None else usage
    names = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, HEAD.person)]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGUN)
        .not_valid_after(BEGUN + timedelta(days=700))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if usage != {}:
        flags = dict.fromkeys(names, False) | {"digital_signature": False, "content_commitment": False} | signs
        builder = builder.add_extension(x509.KeyUsage(**flags, encipher_only=False, decipher_only=False), critical=True)
    return der(change(builder).sign(authority.key, hashes.SHA256()))


def authority_under(root: Authority, **constraints) -> Authority:
    """Return an authority under ``root`` without the right to be one, or with other limits."""
    key = KeyKind.P256.make_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otoritas lain")])
    basic = constraints.get("basic", x509.BasicConstraints(ca=True, path_length=0))
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGUN)
        .not_valid_after(BEGUN + timedelta(days=3000))
        .add_extension(basic, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    for extension in constraints.get("extensions", ()):
        builder = builder.add_extension(extension, critical=True)
    return Authority(builder.sign(root.key, hashes.SHA256()), key)


def trusting(*lists: x509.CertificateRevocationList) -> Trust:
    return replace(training_trust(), crls=tuple(entry.public_bytes(Encoding.DER) for entry in lists))


def test_a_valid_certificate_stands_under_its_anchor():
    judged = standing()
    assert judged.findings == ()
    assert judged.anchor == training_trust().anchors[0]


@pytest.mark.parametrize("kind", KeyKind)
def test_both_kinds_of_keys_stand(kind):
    signer = signer_of(HEAD, kind)
    judged = CertificateJudge(training_trust(kind), Purpose.PERSONS, LATER).judge(signer.certificate, signer.chain)
    assert judged.findings == ()


def test_an_expired_certificate_is_unknown():  # 44
    assert only(standing(at=BEGUN + timedelta(days=800))) == (
        "CERTIFICATE_EXPIRED",
        Weight.UNKNOWN,
        Sub.OUT_OF_BOUNDS_NO_POE,
    )


def test_a_certificate_that_has_not_begun_is_unknown():  # 44
    assert only(standing(at=BEGUN - timedelta(days=1))) == (
        "CERTIFICATE_NOT_YET_VALID",
        Weight.UNKNOWN,
        Sub.OUT_OF_BOUNDS_NO_POE,
    )


def test_a_revoked_certificate_is_unknown():  # 44
    serial = x509.load_der_x509_certificate(signer_of(HEAD).certificate).serial_number
    trust = training_trust(revoked=(Revocation(serial, AT, Reason.KEY_COMPROMISE),))
    assert only(standing(trust=trust)) == ("CERTIFICATE_REVOKED", Weight.UNKNOWN, Sub.REVOKED_NO_POE)


def test_a_revoked_authority_is_unknown():  # 44
    root, issuing = authorities(KeyKind.P256)
    revoked = Revocation(issuing.certificate.serial_number, AT, Reason.UNSPECIFIED)
    trust = trusting(make_crl(root, (revoked,), number=2, at=AT), make_crl(issuing, (), number=2, at=AT))
    assert only(standing(trust=trust)) == ("CERTIFICATE_REVOKED", Weight.UNKNOWN, Sub.REVOKED_CA_NO_POE)


@pytest.mark.parametrize("present", [(), (0,), (1,)])
def test_without_its_revocation_list_the_status_is_unknown(present):  # 45
    lists = [make_crl(authority, (), number=2, at=AT) for authority in authorities(KeyKind.P256)]
    judged = standing(trust=trusting(*(lists[index] for index in present)))
    assert only(judged) == ("CERTIFICATE_STATUS_UNKNOWN", Weight.UNKNOWN, Sub.TRY_LATER)


def test_a_stale_revocation_list_is_unknown():  # 45
    assert only(standing(at=AT + timedelta(days=400))) == (
        "CERTIFICATE_STATUS_UNKNOWN",
        Weight.UNKNOWN,
        Sub.TRY_LATER,
    )


def test_a_revocation_list_of_somebody_else_is_none():  # 45
    root, issuing = authorities(KeyKind.P256)
    stranger = Authority(issuing.certificate, KeyKind.P256.make_key())
    trust = trusting(make_crl(root, (), number=2, at=AT), make_crl(stranger, (), number=2, at=AT))
    assert only(standing(trust=trust)) == ("CERTIFICATE_STATUS_UNKNOWN", Weight.UNKNOWN, Sub.TRY_LATER)


def test_a_look_alike_root_is_no_anchor():  # 43
    root = make_root(KeyKind.P256, at=BEGUN)
    issuing = make_issuing(root, KeyKind.P256, at=BEGUN)
    forged = made(issuer=issuing)
    judged = standing(certificate=forged, chain=(der(issuing.certificate), der(root.certificate)))
    assert judged.anchor is None
    assert only(judged)[0] in {"CERTIFICATE_NO_CHAIN", "CERTIFICATE_CHAIN_BROKEN"}


def test_a_self_signed_certificate_is_no_persons():  # 43
    root = make_root(KeyKind.P256, at=BEGUN)
    judged = standing(certificate=der(root.certificate), chain=())
    assert judged.anchor is None
    assert {finding.code for finding in judged.findings} == {"CERTIFICATE_CHAIN_BROKEN", "CERTIFICATE_USE"}


def test_a_root_that_nobody_has_signed_is_stray():
    *chain, root = signer_of(HEAD).chain
    changed = root.replace(b"Otoritas Induk Uji pkdocs", b"Otoritas Induk Uji pkdocS", 1)
    assert changed != root
    assert only(standing(chain=(*chain, changed)))[0] == "CERTIFICATE_STRAY"


def test_a_missing_intermediate_is_no_chain():  # 43
    assert only(standing(chain=())) == ("CERTIFICATE_NO_CHAIN", Weight.UNKNOWN, Sub.NO_CERTIFICATE_CHAIN_FOUND)


def test_an_anchor_for_timestamps_vouches_for_no_person():  # 96
    anchor = replace(training_trust().anchors[0], purposes=frozenset({Purpose.TIMESTAMPS}))
    judged = standing(trust=replace(training_trust(), anchors=(anchor,)))
    assert only(judged)[0] == "CERTIFICATE_PURPOSE"
    assert judged.anchor is None


def test_another_anchor_for_timestamps_does_not_matter():  # 96
    other = Anchor(der(make_root(KeyKind.P256, at=BEGUN).certificate), frozenset({Purpose.TIMESTAMPS}), training=False)
    trust = replace(training_trust(), anchors=(other, *training_trust().anchors))
    assert standing(trust=trust).anchor == training_trust().anchors[0]
    assert only(standing(trust=trust, chain=()))[0] == "CERTIFICATE_NO_CHAIN"


@pytest.mark.parametrize(
    "constraints",
    [
        {"basic": x509.BasicConstraints(ca=False, path_length=None)},
        {
            "extensions": (
                x509.NameConstraints(
                    [x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "XX")]))], None
                ),
            )
        },
        {"extensions": (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None),)},
        {"extensions": (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),)},
    ],
)
def test_an_authority_beyond_its_rights_breaks_the_chain(constraints):  # 45
    root = authorities(KeyKind.P256)[0]
    rogue = authority_under(root, **constraints)
    trust = trusting(make_crl(root, (), number=2, at=AT), make_crl(rogue, (), number=2, at=AT))
    judged = standing(trust=trust, certificate=made(issuer=rogue), chain=(der(rogue.certificate),))
    assert judged.anchor is None
    assert only(judged) == ("CERTIFICATE_CHAIN_BROKEN", Weight.UNKNOWN, Sub.CHAIN_CONSTRAINTS_FAILURE)


def test_a_path_that_is_too_long_breaks_the_chain():  # 45
    issuing = authorities(KeyKind.P256)[1]
    below = authority_under(issuing)
    trust = trusting(*(make_crl(authority, (), number=2, at=AT) for authority in (*authorities(KeyKind.P256), below)))
    chain = (der(below.certificate), der(issuing.certificate))
    assert only(standing(trust=trust, certificate=made(issuer=below), chain=chain))[0] == "CERTIFICATE_CHAIN_BROKEN"


def test_a_certificate_for_servers_does_not_sign():  # 46
    servers = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    judged = standing(certificate=made(lambda builder: builder.add_extension(servers, critical=False)))
    assert only(judged) == ("CERTIFICATE_USE", Weight.FAIL, Sub.CHAIN_CONSTRAINTS_FAILURE)


def test_uses_for_documents_sign():
    for use in ("1.3.6.1.5.5.7.3.36", "1.2.840.113583.1.1.5", "2.5.29.37.0"):
        named = x509.ExtendedKeyUsage([x509.ObjectIdentifier(use)])
        assert may_sign(made(lambda builder, named=named: builder.add_extension(named, critical=False)))


@pytest.mark.parametrize("usage", [{}, {"key_encipherment": True}, {"key_cert_sign": True}])
def test_a_key_that_is_not_for_signing_does_not_sign(usage):  # 46
    assert not may_sign(made(usage=usage))


def test_either_usage_for_signing_is_enough():
    assert may_sign(made(usage={"digital_signature": True}))
    assert may_sign(made(usage={"content_commitment": True}))


def test_an_authority_does_not_sign_documents():
    assert not may_sign(made(ca=True))


def test_what_cannot_be_read_is_unknown():
    judged = standing(certificate=b"0\x03\x02\x01\x01")
    assert judged.anchor is None
    assert only(judged)[:2] == ("CERTIFICATE_NOT_JUDGED", Weight.UNKNOWN)


def test_each_certificate_is_judged_once(monkeypatch):
    judge = CertificateJudge(training_trust(), Purpose.PERSONS, LATER)
    signer = signer_of(HEAD)
    first = judge.judge(signer.certificate, signer.chain)
    monkeypatch.setattr(judge, "_judge", None)
    assert judge.judge(signer.certificate, signer.chain) is first


def test_keys_are_believed_until_a_day():
    assert PLAIN.until("sha256", Key("secp256r1", 256)) > datetime(2030, 1, 1, tzinfo=UTC)
    assert PLAIN.until("sha256", Key("rsa", 2048)) < PLAIN.until("sha256", Key("rsa", 3072))
    assert PLAIN.until("sha256", Key("rsa", 1024)) is None
    assert PLAIN.until("sha1", Key("rsa", 4096)) is None
    assert PLAIN.until("sha256", Key("secp192r1", 192)) is None


def test_only_keys_that_sign_here_have_a_kind():
    assert key_of(authorities(KeyKind.P256)[0].certificate) == Key("secp256r1", 256)
    assert key_of(authorities(KeyKind.RSA2048)[0].certificate) == Key("rsa", 2048)


class TestGenerations:
    """Several anchors beside each other, of which the old one has expired."""

    def authority(
        self,
        *,
        begins: datetime,
        ends: datetime,
        key=None,
        name: str = "OSD Uji Kelas 2",
        above: Authority | None = None,
    ) -> Authority:
        """Return an authority that vouches for persons itself, as an old chain of one level does."""
        own = key or KeyKind.P256.make_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(above.certificate.subject if above else subject)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        )
        return Authority(builder.sign(above.key if above else own, hashes.SHA256()), own)

    def old(self, key=None) -> Authority:
        return self.authority(begins=BEGUN - timedelta(days=3600), ends=AT + timedelta(days=30), key=key)

    def pinning(self, *anchors: Authority, lists: tuple[Authority, ...] = ()) -> Trust:
        """Return a trust file with today's generation and ``anchors`` before it, all with lists of today."""
        today = training_trust()
        pinned = tuple(
            Anchor(der(anchor.certificate), frozenset({Purpose.PERSONS}), training=False) for anchor in anchors
        )
        more = tuple(
            make_crl(one, (), number=1, at=AT).public_bytes(Encoding.DER) for one in dict.fromkeys((*anchors, *lists))
        )
        return replace(today, anchors=(*pinned, *today.anchors), crls=(*more, *today.crls))

    def test_each_generation_judges_its_own(self):
        old = self.old()
        trust = self.pinning(old)
        assert standing(trust=trust).anchor == training_trust().anchors[0]
        judged = standing(trust=trust, certificate=made(issuer=old), chain=(der(old.certificate),))
        assert judged == Standing(trust.anchors[0], ())

    def test_what_rests_on_an_expired_anchor_is_unknown(self):  # 44
        old = self.old()
        judged = standing(
            at=AT + timedelta(days=31),
            trust=self.pinning(old),
            certificate=made(issuer=old),
            chain=(der(old.certificate),),
        )
        assert judged.anchor is None
        assert only(judged) == ("AUTHORITY_OUT_OF_DATE", Weight.UNKNOWN, Sub.OUT_OF_BOUNDS_NO_POE)
        (finding,) = judged.findings
        assert all("2026-02-21" in finding.message(language) for language in LANGUAGES)

    def test_an_anchor_that_has_not_begun_is_unknown(self):  # 44
        coming = self.authority(begins=AT + timedelta(days=2), ends=AT + timedelta(days=900))
        judged = standing(trust=self.pinning(coming), certificate=made(issuer=coming), chain=(der(coming.certificate),))
        assert only(judged)[::2] == ("AUTHORITY_OUT_OF_DATE", Sub.OUT_OF_BOUNDS_NO_POE)

    def test_an_expired_certificate_under_an_expired_anchor_is_called_expired(self):  # 44
        old = self.old()
        judged = standing(
            at=BEGUN + timedelta(days=800),
            trust=self.pinning(old),
            certificate=made(issuer=old),
            chain=(der(old.certificate),),
        )
        assert only(judged)[0] == "CERTIFICATE_EXPIRED"

    @pytest.mark.parametrize("reverse", [False, True])
    def test_a_renewed_anchor_with_the_same_key_takes_the_place_of_the_expired_one(self, reverse):
        old = self.old()
        renewed = self.authority(begins=AT, ends=AT + timedelta(days=3000), key=old.key)
        anchors = (renewed, old) if reverse else (old, renewed)
        trust = self.pinning(*anchors)
        judged = standing(
            at=AT + timedelta(days=31), trust=trust, certificate=made(issuer=old), chain=(der(old.certificate),)
        )
        assert judged.findings == ()
        assert judged.anchor is not None
        assert judged.anchor.certificate == der(renewed.certificate)

    def test_generations_of_one_name_with_keys_of_other_kinds_do_not_mix(self):
        other = training_trust(KeyKind.RSA2048)
        assert only(standing(trust=other)) == (
            "CERTIFICATE_NO_CHAIN",
            Weight.UNKNOWN,
            Sub.NO_CERTIFICATE_CHAIN_FOUND,
        )
        today = training_trust()
        for anchors in ((*other.anchors, *today.anchors), (*today.anchors, *other.anchors)):
            assert standing(trust=replace(today, anchors=anchors)) == Standing(today.anchors[0], ())

    def test_two_generations_of_the_same_names_do_not_mix(self):
        root = make_root(KeyKind.P256, at=BEGUN)
        issuing = make_issuing(root, KeyKind.P256, at=BEGUN)
        trust = self.pinning(root, lists=(issuing,))
        chain = (der(issuing.certificate), der(root.certificate))
        judged = standing(trust=trust, certificate=made(issuer=issuing), chain=chain)
        assert judged == Standing(trust.anchors[0], ())
        assert standing(trust=trust).anchor == trust.anchors[1]

    def test_an_expired_authority_below_the_anchor_is_named(self):  # 44
        root = authorities(KeyKind.P256)[0]
        old = self.authority(begins=BEGUN, ends=AT + timedelta(days=30), above=root)
        trust = self.pinning()
        trust = replace(trust, crls=(*trust.crls, der_list(make_crl(old, (), number=1, at=AT))))
        chain = (der(old.certificate),)
        certificate = made(issuer=old)
        assert standing(trust=trust, certificate=certificate, chain=chain).findings == ()
        late = standing(at=AT + timedelta(days=31), trust=trust, certificate=certificate, chain=chain)
        assert only(late) == ("AUTHORITY_OUT_OF_DATE", Weight.UNKNOWN, Sub.OUT_OF_BOUNDS_NO_POE)

    def test_lists_of_several_times_stand_beside_each_other(self):
        later = AT + timedelta(days=500)
        lists = [make_crl(authority, (), number=9, at=later) for authority in authorities(KeyKind.P256)]
        trust = training_trust()
        trust = replace(trust, crls=(*trust.crls, *map(der_list, lists)))
        assert standing(trust=trust).findings == ()
        assert standing(trust=trust, at=later + timedelta(days=1)).findings == ()

    def test_a_list_that_was_made_later_says_nothing_of_an_earlier_time(self):  # 45
        lists = [
            make_crl(authority, (), number=9, at=AT + timedelta(days=20)) for authority in authorities(KeyKind.P256)
        ]
        assert only(standing(trust=trusting(*lists)))[0] == "CERTIFICATE_STATUS_UNKNOWN"
