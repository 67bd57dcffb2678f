"""``verify --thorough``: every way of looking at a file comes to the same, or that is a finding."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from pkdocs.content import Role
from pkdocs.verification import Facts, Issue, Vouched, examine_pdf
from pkdocs.verification.form import Slot
from pkdocs.verification.rendering import Picture, changed_pages, differing_pages, draw
from pkdocs.vouched import examine_listed, examine_thoroughly
from pkdocs.vouched.thorough import Drawing, Quick
from tests.factory import division_content
from tests.issued import issued
from tests.signed import signed
from tests.verification import extend
from tests.verification.extend import Extension
from tests.verification.forge import revision
from tests.verification.test_revisions import overlay

NOTHING = Vouched()


def looked(
    pdf: bytes,
    *,
    vouched: Vouched = NOTHING,
    quick: Quick = examine_listed,
    renderers: Mapping[str, Drawing] | None = None,
) -> Facts:
    return examine_thoroughly(pdf, vouched, quick, renderers or {})


def codes(facts: Facts) -> set[str]:
    return {finding.code for finding in facts.findings}


@cache
def both() -> bytes:
    return signed(division_content())


@cache
def overlaid() -> bytes:
    """The signed file with a white bar over its first page."""
    return revision(both(), overlay(both()))


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(lambda: issued(division_content()), id="issued"),
        pytest.param(lambda: signed(division_content(), (Role.FIRST,)), id="partial"),
        pytest.param(both, id="complete"),
        pytest.param(
            lambda: Extension(extend.certificates(), extend.lists(), stamped=True).append(both()), id="preserved"
        ),
    ],
)
def test_a_sound_file_looks_the_same_in_every_way(pdf) -> None:
    file = pdf()
    facts = looked(file)
    assert codes(facts) == {"RENDERED"}
    assert replace(facts, findings=()) == examine_pdf(file)


def test_pages_are_read_although_they_are_vouched_for() -> None:
    facts = examine_pdf(both())
    vouched = Vouched({facts.issue_digest: Issue(facts.content_digest, facts.issue_length)})
    assert examine_pdf(both(), vouched).codes == ()
    assert looked(both(), vouched=vouched).codes == facts.codes != ()


def test_what_is_no_agreement_has_the_findings_that_it_has() -> None:
    facts = looked(b"%PDF-1.7\nnothing")
    assert facts == examine_pdf(b"%PDF-1.7\nnothing")


def lax(_pdf: bytes, vouched: Vouched) -> Facts:
    """A quick reader that takes every file for the one that was issued and signed."""
    return examine_pdf(both(), vouched)


def blind(pdf: bytes, vouched: Vouched) -> Facts:
    """A quick reader that does not see the second signature."""
    facts = examine_pdf(pdf, vouched)
    return replace(facts, signatures=facts.signatures[:1])


def test_a_quick_reader_that_passes_a_forged_file_is_found_out() -> None:
    facts = looked(overlaid(), quick=lax)
    (found,) = (finding for finding in facts.findings if finding.code == "READINGS_DISAGREE")
    assert found.params == (("what", "sha256, findings, revisions"),)


def test_a_quick_reader_that_overlooks_a_signature_is_found_out() -> None:
    assert "READINGS_DISAGREE" in codes(looked(both(), quick=blind))


def test_a_quick_reader_that_falls_is_found_out() -> None:
    def fall(_pdf: bytes, _vouched: Vouched) -> Facts:
        raise IndexError

    assert "EXAMINATION_FAILED" in codes(looked(both(), quick=fall))


def test_a_page_that_looks_otherwise_than_issued_is_named() -> None:  # 13, 42
    (found,) = (finding for finding in looked(overlaid()).findings if finding.code == "RENDERING_CHANGED")
    assert dict(found.params) == {"page": 1, "count": 1}


def white(pdf: bytes) -> list[Picture]:
    return [Picture(page.width, page.height, bytes([255]) * len(page.pixels)) for page in draw(pdf)]


def shortened(pdf: bytes) -> list[Picture]:
    return draw(pdf)[:1]


def larger(pdf: bytes) -> list[Picture]:
    return [Picture(page.width, page.height // 2, page.pixels[: len(page.pixels) // 2]) for page in draw(pdf)]


def changing(pdf: bytes) -> list[Picture]:
    """A reader to whom a signed file shows one more point of ink than before."""
    first, *rest = draw(pdf)
    spot = b"\0" if len(pdf) == len(both()) else first.pixels[:1]
    return [Picture(first.width, first.height, spot + first.pixels[1:]), *rest]


def unable(pdf: bytes) -> list[Picture]:
    raise OSError


@pytest.mark.parametrize("drawing", [white, shortened, larger, changing, unable])
def test_readers_that_show_something_else_are_named(drawing: Drawing) -> None:  # 42
    (found,) = (f for f in looked(both(), renderers={"lain": drawing}).findings if f.code == "RENDERERS_DISAGREE")
    assert dict(found.params)["renderer"] == "lain"


@pytest.mark.parametrize("roles", [(), (Role.FIRST,), tuple(Role)], ids=len)
def test_a_reader_that_shows_the_same_is_at_peace(roles: tuple[Role, ...]) -> None:
    facts = looked(signed(division_content(), roles), renderers={"lain": draw})
    assert [dict(finding.params)["renderers"] for finding in facts.findings] == ["pdfium, lain"]


def test_a_change_that_all_readers_see_is_no_disagreement() -> None:
    assert "RENDERERS_DISAGREE" not in codes(looked(overlaid(), renderers={"lain": draw}))


def page(*rows: bytes) -> Picture:
    return Picture(len(rows[0]), len(rows), b"".join(rows))


def test_what_is_within_a_slot_may_change() -> None:
    blank = page(*[b"\xff" * 60] * 60)
    drawn = page(*[b"\xff" * 20 + b"\0" * 10 + b"\xff" * 30 if 20 <= row < 30 else b"\xff" * 60 for row in range(60)])
    slot = Slot(0, 10, 15, 15, 20)
    assert list(changed_pages([blank], [drawn], [slot])) == []
    assert list(changed_pages([blank], [drawn], [])) == [1]
    assert list(changed_pages([blank, blank], [drawn, drawn], [slot])) == [2]


def test_a_slot_beyond_the_edge_hides_no_more_than_the_page() -> None:
    blank = page(*[b"\xff" * 10] * 10)
    assert blank.without([Slot(0, -50, -50, 50, 50)]) == blank


def test_a_pixel_more_or_less_at_the_edge_is_no_difference() -> None:
    one, other = page(*[b"\xff" * 50] * 50), page(*[b"\xff" * 51] * 51)
    assert list(differing_pages([one], [other], [])) == []
    assert list(differing_pages([one], [page(*[b"\xff" * 53] * 50)], [])) == [1]


def test_a_line_that_only_one_reader_shows_is_a_difference() -> None:
    line = draw(issued(division_content()))[0]
    rows = 24 * line.width
    top = next(start for start in range(0, len(line.pixels), rows) if min(line.pixels[start : start + rows]) < 100)
    without = line.pixels[:top] + b"\xff" * rows + line.pixels[top + rows :]
    assert list(differing_pages([line], [replace(line, pixels=without)], [])) == [1]
