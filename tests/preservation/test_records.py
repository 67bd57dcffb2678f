"""Evidence records by themselves (RFC 4998): what is made holds, also for others; what is changed does not."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs import der
from pkdocs.preservation import HashTree, first_record
from pkdocs.verification.attestation import Beginnings, RecordError, read_record
from pkdocs.verification.ers import (
    ALGORITHMS,
    ArchiveTimestamp,
    ErsError,
    EvidenceRecord,
    hash_of_renewal,
    hashed,
    parse_record,
    root_over,
)
from tests.pki.asking import openssl, write_chain
from tests.preservation import rfc4998
from tests.preservation.records import STAMPED, Authority, Clock, read, renewed, sealed, times, with_first

FILES = (b"satu", b"dua", b"tiga")
FIRST, SECOND, THIRD = (STAMPED + timedelta(days=days) for days in (0, 1000, 2000))


def history() -> list[EvidenceRecord]:
    """Return the records of ``FILES``: sealed together, renewed by a timestamp, then by a hash tree of SHA-512."""
    once = renewed(sealed(*FILES), FILES, Clock(at=SECOND))
    return renewed(once, FILES, Clock(at=THIRD), "sha512")


HISTORY = history()
RECORD, DATA = HISTORY[0], FILES[0]


def code(record: EvidenceRecord | bytes, data: bytes = DATA) -> str:
    with pytest.raises(RecordError) as caught:
        read(record, data)
    return caught.value.code


def test_each_file_is_proven_by_its_own_record() -> None:
    for record, data in zip(HISTORY, FILES, strict=True):
        attested = read(record, data)
        assert (attested.end, times(attested)) == (len(data), [FIRST, SECOND, THIRD])
        assert [chain.hashing for chain in attested.chains] == ["sha256", "sha512"]


def test_a_record_is_read_again_as_it_was_written() -> None:
    assert [parse_record(record.encoded) for record in HISTORY] == HISTORY


def test_who_reads_the_rfc_alone_finds_the_same(tmp_path: Path) -> None:
    """The roots that another reader finds are what OpenSSL finds in the tokens, which it verifies."""
    from pkdocs.pki import KeyKind

    write_chain(tmp_path, KeyKind.P256)
    for record, data in zip(HISTORY, FILES, strict=True):
        found = rfc4998.verify(record.encoded, data)
        assert [algorithm for algorithm, _, _ in found] == ["sha256", "sha256", "sha512"]
    for _, root, token in found:
        (tmp_path / "token").write_bytes(token)
        given = ("-digest", root.hex(), "-in", "token", "-token_in", "-CAfile", "root.pem", "-untrusted", "issuing.pem")
        said = openssl(tmp_path, "ts", "-verify", *given, "-attime", str(int(FIRST.timestamp())))
        assert "Verification: OK" in said


def test_another_reader_refuses_what_we_refuse() -> None:
    for wrong in (b"lain", FILES[1]):
        with pytest.raises(AssertionError):
            rfc4998.verify(RECORD.encoded, wrong)


@given(
    st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=40, unique=True),
    st.sampled_from(["sha256", "sha384"]),
)
def test_every_leaf_leads_to_the_root(contents: list[bytes], hashing: str) -> None:
    leaves = [hashed(hashing, one) for one in contents]
    tree = HashTree(hashing, leaves)
    for leaf in leaves:
        for alone in (False, True):
            lists = tree.reduced(leaf, alone=alone)
            assert root_over(hashing, leaf, lists) == tree.root
            # each list but that of the leaf alone has hashes beside it, in ascending order
            assert all(list(one) == sorted(set(one)) for one in lists)
            assert len(lists) == 0 or len(lists[0]) == (1 if alone else 2)
    assert HashTree(hashing, reversed(leaves)).root == tree.root


def test_one_file_alone_needs_no_tree() -> None:
    (record,) = sealed(DATA, among=())
    assert record.chains[0][0].lists == ()
    assert times(read(record, DATA)) == [FIRST]
    assert rfc4998.verify(record.encoded, DATA)


def test_one_timestamp_renews_all_that_share_one_and_needs_no_tree() -> None:
    records = renewed(sealed(*FILES), FILES, Clock(at=SECOND))
    assert {record.chains[0][1].lists for record in records} == {()}


def test_records_of_several_ceremonies_are_renewed_by_one_timestamp() -> None:
    records = [*sealed(*FILES[:2]), *sealed(FILES[2], clock=Clock(at=SECOND))]
    later = renewed(records, FILES, Clock(at=THIRD))
    assert len({record.last.token for record in later}) == 1
    for record, data in zip(later, FILES, strict=True):
        assert times(read(record, data))[-1] == THIRD
        rfc4998.verify(record.encoded, data)


def test_a_renewed_hash_tree_begins_with_the_hash_of_the_file_alone() -> None:
    assert [len(record.chains[1][0].lists[0]) for record in HISTORY] == [1, 1, 1]


def test_the_hash_of_the_file_stands_before_that_of_the_older_chains() -> None:
    digest, older = hashlib.sha512(DATA).digest(), RECORD.chains[:1]
    sequence = der.encode(der.SEQUENCE, *(der.encode(der.SEQUENCE, *(one.encoded for one in c)) for c in older))
    expected = hashlib.sha512(digest + hashlib.sha512(sequence).digest()).digest()
    assert hash_of_renewal("sha512", digest, older) == expected == RECORD.chains[1][0].lists[0][0]


def test_a_file_that_has_grown_since_is_proven_as_it_was() -> None:
    grown = DATA + b" dan lagi"
    known = tuple((len(one), hashlib.sha256(one).hexdigest()) for one in (b"sa", DATA, grown))
    attested = read_record(RECORD.encoded, "x.ers", Beginnings(known, lambda: grown))
    assert attested.end == len(DATA)


class TestAttacks:
    """docs/preservation.md: a valid record with one change."""

    def test_that_of_another_file(self) -> None:
        assert code(HISTORY[1]) == "RECORD_OTHER"

    def test_that_of_a_changed_file(self) -> None:
        assert code(RECORD, DATA + b"!") == "RECORD_OTHER"

    def test_an_altered_hash_in_a_list(self) -> None:
        def change(chain: tuple[ArchiveTimestamp, ...]) -> tuple[ArchiveTimestamp, ...]:
            first, *lists = chain[0].lists
            return replace(chain[0], lists=(first, (bytes(32),), *lists[1:])), *chain[1:]

        assert code(with_first(RECORD, change)) == "RECORD_ALTERED"

    def test_a_hash_put_into_the_first_list(self) -> None:
        """Who can write into the list can name any file, but not lead to the root from it."""
        foreign = hashlib.sha256(b"lain").digest()

        def change(chain: tuple[ArchiveTimestamp, ...]) -> tuple[ArchiveTimestamp, ...]:
            first, *lists = chain[0].lists
            return replace(chain[0], lists=(tuple(sorted((*first, foreign))), *lists)), *chain[1:]

        assert code(with_first(RECORD, change), b"lain") == "RECORD_ALTERED"

    @pytest.mark.parametrize("place", [0, 1], ids=["first", "renewal"])
    def test_an_altered_token(self, place: int) -> None:
        def change(chain: tuple[ArchiveTimestamp, ...]) -> tuple[ArchiveTimestamp, ...]:
            token = chain[place].token
            broken = replace(chain[place], token=token[:-1] + bytes((token[-1] ^ 1,)))
            return tuple(broken if one is chain[place] else one for one in chain)

        # what renews an altered token does not fit it any more
        assert code(with_first(RECORD, change)) == "RECORD_ALTERED"

    def test_a_token_that_is_none(self) -> None:
        broken = with_first(RECORD, lambda chain: (replace(chain[0], token=der.encode(der.SEQUENCE)),))
        assert code(broken) == "RECORD_ALTERED"

    def test_a_renewal_of_another_token(self) -> None:
        (other,) = renewed(sealed(DATA, clock=Clock(at=FIRST)), [DATA], Clock(at=SECOND))
        broken = with_first(RECORD, lambda chain: (chain[0], other.chains[0][1]))
        assert code(broken) == "RECORD_BROKEN_CHAIN"

    def test_a_renewal_with_a_tree_that_has_not_what_it_renews(self) -> None:
        records = [*sealed(FILES[0]), *sealed(FILES[1], clock=Clock(at=SECOND))]
        later = renewed(records, FILES[:2], Clock(at=THIRD))
        broken = with_first(later[0], lambda chain: (records[1].chains[0][0], chain[1]))
        swapped = with_first(later[0], lambda chain: (*sealed(FILES[0])[0].chains[0], chain[1]))
        assert code(broken) == "RECORD_OTHER"
        assert code(swapped) == "RECORD_BROKEN_CHAIN"

    def test_a_renewed_hash_tree_over_another_file(self) -> None:
        other = renewed(sealed(b"lain"), [b"lain"], Clock(at=THIRD), "sha512")[0]
        assert code(replace(RECORD, chains=(RECORD.chains[0], other.chains[1]))) == "RECORD_BROKEN_CHAIN"
        assert code(replace(RECORD, chains=(RECORD.chains[0], HISTORY[1].chains[1]))) == "RECORD_BROKEN_CHAIN"

    def test_a_renewal_taken_out_from_under_a_renewed_hash_tree(self) -> None:
        assert code(with_first(RECORD, lambda chain: chain[:1])) == "RECORD_BROKEN_CHAIN"

    def test_the_last_renewals_cut_off_leave_an_older_proof(self) -> None:
        assert times(read(replace(RECORD, chains=RECORD.chains[:1]), DATA)) == [FIRST, SECOND]

    def test_a_chain_left_out(self) -> None:
        assert code(replace(RECORD, chains=RECORD.chains[1:])) == "RECORD_OTHER"

    def test_a_doubled_hash_or_group(self) -> None:
        def twice(chain: tuple[ArchiveTimestamp, ...]) -> tuple[ArchiveTimestamp, ...]:
            first, *lists = chain[0].lists
            return replace(chain[0], lists=((first[0], first[0], first[1]), *lists)), *chain[1:]

        def group(chain: tuple[ArchiveTimestamp, ...]) -> tuple[ArchiveTimestamp, ...]:
            return replace(chain[0], lists=(chain[0].lists[0], *chain[0].lists)), *chain[1:]

        assert code(with_first(RECORD, twice)) == "RECORD_MALFORMED"
        assert code(with_first(RECORD, group)) == "RECORD_ALTERED"

    def test_hashes_in_another_order(self) -> None:
        def turn(chain: tuple[ArchiveTimestamp, ...]) -> tuple[ArchiveTimestamp, ...]:
            first, *lists = chain[0].lists
            return replace(chain[0], lists=(first[::-1], *lists)), *chain[1:]

        assert code(with_first(RECORD, turn)) == "RECORD_MALFORMED"

    def test_a_renewal_of_an_earlier_time(self) -> None:
        record = renewed(sealed(DATA, clock=Clock(at=SECOND)), [DATA], Clock(at=FIRST))[0]
        assert code(record) == "RECORD_BROKEN_CHAIN"

    def test_a_chain_of_two_algorithms(self) -> None:
        other = sealed(DATA, hashing="sha512")[0]
        assert code(with_first(RECORD, lambda chain: (chain[0], other.chains[0][0]))) == "RECORD_BROKEN_CHAIN"

    def test_another_algorithm_named_than_that_of_the_token(self) -> None:
        wrong = with_first(RECORD, lambda chain: (replace(chain[0], algorithm=ALGORITHMS["sha512"]),))
        assert code(wrong) == "RECORD_ALTERED"


def test_an_algorithm_that_is_named_beside_the_token_s_own_is_the_same() -> None:
    parameters = der.encode(der.SEQUENCE, *der.values(ALGORITHMS["sha256"]), der.NULL)
    for named in (ALGORITHMS["sha256"], parameters):
        record = sealed(DATA)[0]
        said = with_first(record, lambda chain: (replace(chain[0], algorithm=named),))  # noqa: B023
        assert times(read(said, DATA)) == [FIRST]
        assert rfc4998.verify(said.encoded, DATA)


def test_an_algorithm_that_is_not_believed_is_not_judged() -> None:
    weak = Authority().stamp_root(hashlib.sha1(DATA).digest(), "sha1")  # noqa: S324
    record = EvidenceRecord(((ArchiveTimestamp(weak),),), (ALGORITHMS["sha256"],))
    assert code(record) == "RECORD_NOT_JUDGED"
    with pytest.raises(ErsError):
        hashed("sha1", DATA)


def test_a_token_of_a_form_that_is_not_judged_is_not_judged() -> None:
    from asn1crypto import cms, core

    def unsigned(container: cms.ContentInfo) -> None:
        attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.Integer(1)]})
        container["content"]["signer_infos"][0]["unsigned_attrs"] = [attribute]

    assert code(sealed(DATA, clock=Clock(container=unsigned))[0]) == "RECORD_NOT_JUDGED"


def changed(part: bytes, other: bytes) -> bytes:
    assert RECORD.encoded.count(part) == 1
    return RECORD.encoded.replace(part, other)


def recoded(*parts: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Return the record with its outermost values changed."""
    values = der.values(RECORD.encoded)
    for part in parts:
        values = part(values)
    return der.encode(der.SEQUENCE, *values)


MALFORMED = {
    "nothing": b"",
    "no sequence": b"\x02\x01\x01",
    "text": b"bukan catatan",
    "cut off": RECORD.encoded[:-1],
    "something after it": RECORD.encoded + b"\0",
    "too few parts": der.encode(der.SEQUENCE, der.integer(1)),
    "no chain": recoded(lambda v: [*v[:2], der.encode(der.SEQUENCE)]),
    "an empty chain": recoded(lambda v: [*v[:2], der.encode(der.SEQUENCE, der.encode(der.SEQUENCE))]),
    "an empty timestamp": recoded(
        lambda v: [*v[:2], der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode(der.SEQUENCE)))]
    ),
    "too many timestamps": replace(RECORD, chains=(RECORD.chains[0] * 40,)).encoded,
    "too many lists": with_first(RECORD, lambda c: (replace(c[0], lists=c[0].lists * 30),)).encoded,
    "an empty list": with_first(RECORD, lambda c: (replace(c[0], lists=((),)),)).encoded,
    "too large": b"\x30" + bytes(1_000_001),
}
NOT_JUDGED = {
    "another version": recoded(lambda v: [der.integer(2), *v[1:]]),
    "encryption": recoded(lambda v: [*v[:2], der.context(1, der.integer(1)), v[2]]),
    "another algorithm": recoded(lambda v: [v[0], der.encode(der.SEQUENCE, der.SHA256, der.ECDSA_SHA256), v[2]]),
    "attributes": with_first(RECORD, lambda c: (replace(c[0], token=der.context(1) + c[0].token),)).encoded,
    "another algorithm of one": with_first(RECORD, lambda c: (replace(c[0], algorithm=der.ECDSA_SHA256),)).encoded,
}


@pytest.mark.parametrize("encoded", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_record_is_malformed(encoded: bytes) -> None:
    assert code(encoded) == "RECORD_MALFORMED"


@pytest.mark.parametrize("encoded", NOT_JUDGED.values(), ids=NOT_JUDGED)
def test_another_form_is_not_judged(encoded: bytes) -> None:
    assert code(encoded) == "RECORD_NOT_JUDGED"


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_no_changed_byte_proves_anything_else(data: st.DataObject) -> None:
    """A record with one byte changed is refused, or says exactly what it said: nothing is read in two ways."""
    place = data.draw(st.integers(0, len(RECORD.encoded) - 1))
    value = data.draw(st.integers(1, 255))
    encoded = bytearray(RECORD.encoded)
    encoded[place] ^= value
    try:
        attested = read(bytes(encoded), DATA)
    except RecordError:
        return
    assert times(attested) == [FIRST, SECOND, THIRD]


def test_an_algorithm_that_the_record_does_not_name_is_malformed() -> None:
    assert code(replace(RECORD, algorithms=RECORD.algorithms[:1])) == "RECORD_MALFORMED"
    assert times(read(replace(RECORD, algorithms=tuple(ALGORITHMS.values())), DATA)) == [FIRST, SECOND, THIRD]


def test_what_is_no_pdf_has_no_beginning_but_all_of_it() -> None:
    assert Beginnings.by_revision(DATA).known == ((len(DATA), hashlib.sha256(DATA).hexdigest()),)


def test_a_tree_of_no_leaves_has_none() -> None:
    assert b"x" not in HashTree("sha256", ())


def test_a_record_names_the_algorithm_of_its_tree() -> None:
    tree = HashTree("sha384", [hashed("sha384", DATA)])
    record = first_record(tree, tree.leaves[0], Authority().stamp_root(tree.root, "sha384"))
    assert record.algorithms == (ALGORITHMS["sha384"],)
    assert read(record, DATA).chains[0].hashing == "sha384"
