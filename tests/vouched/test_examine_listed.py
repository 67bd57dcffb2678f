"""Examined at one stroke, a file has the facts that it has when it is read the long way, or none: never others."""

import hashlib
import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.content import Role
from pkdocs.pki import KeyKind
from pkdocs.register import AgreementLine
from pkdocs.register.lines import COMPARED_SCHEMA
from pkdocs.signing import Level
from pkdocs.verification import Facts, Issue, Vouched, examine_pdf
from pkdocs.vouched import examine_listed, vouched_by
from tests.chain.books import account_of, lines_of
from tests.chain.kit import exhibit
from tests.factory import head_content, root_content
from tests.issued import issued
from tests.vouched.files import CONTENT, CORPUS, ISSUED, ORDERS, answered, at_level, level_by_level, vouched

# cryptography warns of names in damaged certificates
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")

FILES = st.sampled_from(sorted(CORPUS))


@cache
def register() -> Vouched:
    return vouched()


def agreed(pdf: bytes) -> Facts | None:
    """Return the facts at one stroke, after demanding that they are those of the long way, with nothing found."""
    facts = examine_listed(pdf, register())
    if facts is not None:
        assert facts == examine_pdf(pdf, register())
        assert not facts.findings
    return facts


@cache
def stretches(file: str) -> tuple[tuple[int, str], ...]:
    return examine_pdf(CORPUS[file](), register()).revisions


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("roles", ORDERS, ids=lambda roles: " and ".join(roles) or "nobody")
def test_a_file_of_ours_has_its_facts_at_one_stroke(roles: tuple[Role, ...], level: Level, kind: KeyKind) -> None:
    facts = agreed(at_level(level, kind, roles))
    assert facts is not None
    assert len(facts.signatures) == len(roles)


@pytest.mark.parametrize("make", [level_by_level, answered], ids=lambda make: make.__name__)
def test_so_has_one_with_several_revisions_of_validation_data(make: Callable[[], bytes]) -> None:
    facts = agreed(make())
    assert facts is not None
    assert len(facts.evidence) >= 2


def test_so_has_the_root_which_one_party_signs() -> None:
    assert agreed(issued(root_content())) is not None


def test_pages_are_not_read() -> None:
    facts = examine_listed(ISSUED, register())
    assert facts is not None
    assert facts.codes == ()
    assert examine_pdf(ISSUED).codes != ()


@pytest.mark.parametrize(
    "register",
    [
        Vouched(),
        vouched(root_content()),
        Vouched({one: Issue("0" * 64, two.length) for one, two in vouched().issues.items()}),
        Vouched({one: Issue(two.content, two.length + 1) for one, two in vouched().issues.items()}),
    ],
    ids=["nothing", "another", "of another content", "of another length"],
)
def test_what_is_not_vouched_for_is_left_to_the_long_way_which_reads_the_pages(register: Vouched) -> None:
    assert examine_listed(ISSUED, register) is None
    assert examine_pdf(ISSUED, register) == examine_pdf(ISSUED)


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: re.sub(rb"(<pkdocs:contentDigest>).", rb"\1x", pdf),
        lambda pdf: re.sub(rb"(<pkdocs:id>)PK", rb"\1PI", pdf),
        lambda pdf: pdf.replace(b"<pkdocs:program>", b"<pkdocs:pr0gram>"),
    ],
    ids=["digest", "id", "no program"],
)
def test_what_contradicts_itself_is_left_to_the_long_way_whoever_vouches_for_it(
    change: Callable[[bytes], bytes],
) -> None:
    pdf = change(ISSUED)
    assert len(pdf) == len(ISSUED)
    listed = Vouched({hashlib.sha256(pdf).hexdigest(): Issue(CONTENT.digest, len(pdf))})
    assert examine_listed(pdf, listed) is None
    assert {one.code for one in examine_pdf(pdf, listed).findings} == {"CONTENT_METADATA"}


def test_a_register_vouches_for_what_it_lists() -> None:
    lines = lines_of([exhibit(root_content()), exhibit(head_content())])
    compared = [
        replace(line, compared=True, schema=COMPARED_SCHEMA) if isinstance(line, AgreementLine) else line
        for line in lines
    ]
    assert vouched_by(account_of(compared).register) == register()
    assert vouched_by(account_of(lines).register) == Vouched()
    assert vouched_by(None) == Vouched()


def test_what_is_vouched_for_goes_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(register())) == register()  # noqa: S301  # what was just written


@settings(max_examples=400, deadline=None)
@given(FILES, st.data(), st.integers(1, 255))
def test_a_changed_byte_gives_the_same_facts_or_none(file: str, data: st.DataObject, change: int) -> None:
    pdf = bytearray(CORPUS[file]())
    pdf[data.draw(st.integers(len(ISSUED), len(pdf) - 1))] ^= change
    agreed(bytes(pdf))


@settings(deadline=None)
@given(FILES, st.integers(0, len(ISSUED) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_issued_revision_gives_none(file: str, place: int, change: int) -> None:
    pdf = bytearray(CORPUS[file]())
    pdf[place] ^= change
    assert agreed(bytes(pdf)) is None


@settings(deadline=None)
@given(FILES, st.data(), st.binary(max_size=40), st.integers(0, 20_000))
def test_bytes_exchanged_for_others_give_the_same_facts_or_none(
    file: str, data: st.DataObject, more: bytes, less: int
) -> None:
    pdf = CORPUS[file]()
    place = data.draw(st.integers(0, len(pdf)))
    agreed(pdf[:place] + more + pdf[place + less :])


@settings(deadline=None)
@given(FILES, st.data())
def test_a_file_that_is_cut_gives_the_same_facts_or_none(file: str, data: st.DataObject) -> None:
    agreed(CORPUS[file]()[: data.draw(st.integers(0, len(CORPUS[file]())))])


@pytest.mark.parametrize("file", sorted(CORPUS))
def test_cut_back_to_any_revision_it_has_the_facts_of_that(file: str) -> None:
    pdf = CORPUS[file]()
    whole = agreed(pdf)
    assert whole is not None
    for length, digest in whole.revisions:
        facts = agreed(pdf[:length])
        assert facts is not None
        assert facts.sha256 == digest


@settings(deadline=None)
@given(FILES, FILES, st.data())
def test_revisions_of_different_files_do_not_go_together(file: str, other: str, data: st.DataObject) -> None:
    before, after = (stretches(one) for one in (file, other))
    (length, _), (begins, _) = data.draw(st.sampled_from(before)), data.draw(st.sampled_from(after))
    agreed(CORPUS[file]()[:length] + CORPUS[other]()[begins:])


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"startxref\n0\n%%EOF\n"], ids=["nothing", "a header", "an end"])
def test_what_is_no_file_is_left_to_the_long_way(pdf: bytes) -> None:
    assert agreed(pdf) is None
    assert CONTENT.digest not in pdf.decode("ascii")
