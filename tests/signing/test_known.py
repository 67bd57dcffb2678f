"""The quick reading says what the slow one says, or nothing: never more."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import Content, Parties, Role
from pkdocs.errors import SigningError
from pkdocs.outcome import demand
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.roster import Means
from pkdocs.signing import (
    Keyed,
    SignedForm,
    Stamp,
    Task,
    append_signature,
    make_task,
    read_form,
    read_known,
    sign_pdf,
)
from pkdocs.signing.fallback import prepare_foreign
from pkdocs.signing.increment import read_tail, render_revision
from tests.factory import HEAD, MAYOR, head_content, root_content, second
from tests.issued import issued
from tests.signed import AT, signed, signer_of
from tests.stamper import Stamper

# cryptography warns of names in damaged certificates
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")

FIRST, SECOND = Role.FIRST, Role.SECOND
CONTENT = head_content()
ISSUED = issued(CONTENT)
SUPERIOR = second(MAYOR)
STAMP = Stamp(SUPERIOR.name, SUPERIOR.office, AT.astimezone(Zone.WIB.info), Zone.WIB, training=True)
REASON = f"{CONTENT.id} sebagai {SUPERIOR.label}"


def issue_digest(content: Content = CONTENT) -> str:
    return hashlib.sha256(issued(content)).hexdigest()


def quick(pdf: bytes, content: Content = CONTENT) -> SignedForm | None:
    known = read_known(pdf, issue_digest(content))
    return known.form if known else None


def slow(pdf: bytes) -> SignedForm | None:
    try:
        return read_form(pdf)
    except SigningError:
        return None


@cache
def stamped() -> bytes:
    pdf = ISSUED
    for role, person in ((FIRST, HEAD), (SECOND, SUPERIOR)):
        task = make_task(pdf, CONTENT, role, person, at=AT, zone=Zone.WIB, training=True)
        (outcome,) = Keyed(signer_of(person), Stamper()).sign([task])
        pdf = demand(outcome)
    return pdf


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("roles", [(), (FIRST,), (SECOND,), (FIRST, SECOND), (SECOND, FIRST)])
def test_it_says_the_same_and_has_hashed_all(roles: tuple[Role, ...], kind: KeyKind) -> None:
    pdf = signed(CONTENT, roles, kind)
    known = read_known(pdf, issue_digest())
    assert known is not None
    assert known.form == read_form(pdf)
    assert known.hashed.hexdigest() == hashlib.sha256(pdf).hexdigest()


def test_it_says_the_same_of_stamped_signatures() -> None:
    assert quick(stamped()) == read_form(stamped())


@pytest.mark.parametrize(
    "content",
    [root_content(), replace(CONTENT, parties=Parties(replace(HEAD, means=Means.PAPER), second(MAYOR)))],
    ids=["root", "one on paper"],
)
def test_it_says_the_same_of_files_with_one_field(content: Content) -> None:
    assert quick(issued(content), content) == read_form(issued(content))


def test_another_issue_is_not_known() -> None:
    assert read_known(ISSUED, issue_digest(root_content())) is None
    assert read_known(issued(root_content()), issue_digest()) is None


def test_owners_say_whose_a_certificate_is() -> None:
    pdf = signed(CONTENT, (FIRST,))
    certificate = signer_of(HEAD).certificate
    own = read_known(pdf, issue_digest(), owners={certificate: HEAD.person})
    assert own is not None
    assert own.form == read_form(pdf)
    assert read_known(pdf, issue_digest(), owners={certificate: MAYOR.person}) is None


@given(st.integers(0, len(stamped()) - 1), st.integers(1, 255))
def test_a_changed_byte_makes_it_silent_or_the_slow_reading_agrees(place: int, change: int) -> None:
    pdf = bytearray(stamped())
    pdf[place] ^= change
    form = quick(bytes(pdf))
    assert form is None or form == slow(bytes(pdf))


@given(st.integers(len(ISSUED), len(stamped()) - 1), st.integers(1, 255))
def test_so_does_one_in_a_later_revision(place: int, change: int) -> None:
    pdf = bytearray(stamped())
    pdf[place] ^= change
    form = quick(bytes(pdf))
    assert form is None or form == slow(bytes(pdf))


LAST = stamped().rindex(b"/Contents <") + len(b"/Contents <")


@given(st.integers(LAST, LAST + 2 * 3000), st.sampled_from(b"0123456789abcdef"))
def test_so_does_another_digit_of_the_last_container_which_no_signature_covers(place: int, digit: int) -> None:
    pdf = bytearray(stamped())
    pdf[place] = digit
    form = quick(bytes(pdf))
    assert form is None or form == slow(bytes(pdf))


@given(st.integers(0, len(stamped())), st.binary(min_size=1, max_size=40))
def test_bytes_put_in_make_it_silent_or_the_slow_reading_agrees(place: int, more: bytes) -> None:
    pdf = stamped()[:place] + more + stamped()[place:]
    form = quick(pdf)
    assert form is None or form == slow(pdf)


@given(st.integers(0, len(stamped())), st.integers(1, 20_000))
def test_bytes_taken_out_make_it_silent_or_the_slow_reading_agrees(place: int, count: int) -> None:
    pdf = stamped()[:place] + stamped()[place + count :]
    form = quick(pdf)
    assert form is None or form == slow(pdf)


def signing(**changed: object) -> Task:
    given = {"id": "x", "pdf": signed(CONTENT, (FIRST,)), "field": SECOND.value, "stamp": STAMP}
    words = {"location": CONTENT.place, "reason": REASON}
    return Task(**{**given, **words, **changed})  # type: ignore[arg-type]  # one entry is exchanged


def appended(task: Task) -> bytes:
    (outcome,) = Keyed(signer_of(MAYOR)).sign([task])
    return demand(outcome)


def by_pyhanko(task: Task) -> bytes:
    signer = signer_of(MAYOR)
    unsigned = prepare_foreign(task, size=Keyed(signer).size)
    (container,) = Keyed(signer).containers([unsigned.digest])
    return unsigned.fill(demand(container))


def with_a_stranger(task: Task) -> bytes:
    return append_signature(
        task.pdf, task.field, signer_of(HEAD), task.stamp, location=task.location, reason=task.reason
    )


def test_what_the_next_ones_change_is_known() -> None:
    assert quick(appended(signing())) == read_form(appended(signing()))


@pytest.mark.parametrize(
    ("change", "task"),
    [
        (appended, signing(reason="lain")),
        (appended, signing(location="Lain")),
        (appended, signing(location=None)),
        (appended, signing(stamp=replace(STAMP, name="Orang Lain"))),
        (by_pyhanko, signing()),
        (with_a_stranger, signing()),
    ],
    ids=["reason", "place", "no place", "name", "written by pyHanko", "somebody else's key"],
)
def test_a_signature_that_is_not_exactly_ours_is_left_to_the_slow_reading(
    change: Callable[[Task], bytes], task: Task
) -> None:
    pdf = change(task)
    assert quick(pdf) is None
    assert (slow(pdf) is None) == (change is with_a_stranger)


def test_more_than_a_signature_is_left_to_the_slow_reading() -> None:
    pdf = signed(CONTENT)
    tail = read_tail(pdf)
    assert quick(pdf + render_revision(tail, {tail.size: b"(lain)"}).data) is None


def test_a_font_that_names_other_objects_is_not_ours() -> None:
    pdf = signed(CONTENT)
    changed = re.sub(rb"/ToUnicode (\d+) 0 R", lambda found: b"/ToUnicode 12 0 R".ljust(len(found[0])), pdf)
    assert changed != pdf
    assert quick(changed) is None


@pytest.mark.parametrize("roles", [(), (FIRST,)])
def test_signing_on_from_what_is_known_gives_the_same_as_from_the_slow_reading(roles: tuple[Role, ...]) -> None:
    pdf = signed(CONTENT, roles, KeyKind.RSA2048)
    role, person = ((FIRST, HEAD), (SECOND, MAYOR))[len(roles)]
    files = [
        sign_pdf(
            pdf, role, signer_of(person, KeyKind.RSA2048), at=AT, zone=Zone.WIB, training=True, issue_digest=digest
        )
        for digest in (None, issue_digest(), "0" * 64)
    ]
    assert len(set(files)) == 1
