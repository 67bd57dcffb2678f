"""Agreements laid out together and taken apart: the same bytes as alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, cast

import pytest

from pkdocs.content import Content, qr_text
from pkdocs.document import Template, join_batch, load_template, render_document
from pkdocs.errors import DocumentError
from pkdocs.issue import IrregularError, issue_pdf, part_batch
from pkdocs.office import Pool, find_office
from pkdocs.outcome import Outcome
from pkdocs.pipeline import conversion
from pkdocs.pipeline.conversion import Sheet, convert_sheets
from pkdocs.roster import Level
from tests.city import WarmPool, failing
from tests.document.levels import TEMPLATES, Size, content_of, wording_of
from tests.document.word import template, with_text, with_xml
from tests.issued import TOOLCHAIN

NAME = "fungsional.docx"


@cache
def loaded(name: str) -> Template:
    return load_template(template(name), name)


def sheet(size: Size, name: str = NAME, by: Template | None = None, content: Content | None = None) -> Sheet:
    chosen = by or loaded(name)
    said = content or content_of(TEMPLATES[name], size)
    wording = wording_of(TEMPLATES[name], size)
    return Sheet(
        size.value, chosen, render_document(said, chosen, qr=qr_text("", said.id, said.digest), wording=wording)
    )


def sheets(name: str = NAME) -> list[Sheet]:
    return [sheet(size, name) for size in Size]


def converted(given: Iterable[Sheet], pool: type[WarmPool] = WarmPool) -> dict[str, Outcome[str, bytes]]:
    with pool(find_office()) as office:
        return {outcome.key: outcome for outcome in convert_sheets(cast(Pool, office), given)}


def issued(outcome: Outcome[str, bytes], content: Content) -> bytes:
    assert outcome.value is not None, outcome.error
    return issue_pdf(outcome.value, content, template_digest="7" * 64, toolchain=TOOLCHAIN)


class Counting(WarmPool):
    """LibreOffice that remembers what it was asked for."""

    asked: list[str] = []  # noqa: RUF012  one for all on purpose

    def convert(self, documents: Iterable[tuple[Any, bytes]]) -> Iterator[Outcome[Any, bytes]]:
        for key, document in documents:
            self.asked.append(str(key))
            yield from super().convert([(key, document)])


@pytest.fixture(autouse=True)
def nobody_asked() -> None:
    Counting.asked.clear()


@pytest.mark.parametrize("name", TEMPLATES)
def test_pages_laid_out_together_are_those_laid_out_alone(name: str) -> None:
    together, alone = converted(sheets(name)), {}
    for one in sheets(name):
        alone |= converted([one])
    for size in Size:
        content = content_of(TEMPLATES[name], size)
        assert issued(together[size.value], content) == issued(alone[size.value], content)


def test_agreements_of_a_template_are_laid_out_together() -> None:
    assert converted(sheets(), Counting).keys() == {size.value for size in Size}
    assert Counting.asked == ["short, usual, long"]


def test_no_more_are_laid_out_together_than_a_batch_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "BATCH", 2)
    converted(sheets(), Counting)
    assert Counting.asked == ["short, usual", "long"]


def test_templates_are_not_mixed() -> None:
    other = replace(sheet(Size.SHORT, "pengawas.docx"), key="other")
    converted([sheet(Size.SHORT), other, sheet(Size.USUAL)], Counting)
    assert sorted(Counting.asked) == ["other", "short, usual"]


def named(name: str) -> Content:
    content = content_of(Level.FUNCTIONAL, Size.USUAL)
    first = replace(content.parties.first, name=name)
    return replace(content, parties=replace(content.parties, first=first))


class TestUnusual:
    def test_a_letter_beyond_the_prelude_is_laid_out_alone(self) -> None:
        made = converted([sheet(Size.SHORT), sheet(Size.USUAL, content=named("Andrée Müller"))], Counting)
        assert sorted(Counting.asked) == ["short", "usual"]
        assert all(outcome.value for outcome in made.values())

    def test_one_that_is_laid_out_with_others_all_the_same_changes_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alone = converted([sheet(Size.SHORT)])
        monkeypatch.setattr(conversion, "is_usual", lambda *_: True)
        made = converted([sheet(Size.SHORT), sheet(Size.USUAL, content=named("Andrée Müller"))], Counting)
        assert Counting.asked == ["short, usual", "short", "usual"]
        content = content_of(Level.FUNCTIONAL, Size.SHORT)
        assert issued(made["short"], content) == issued(alone["short"], content)


class TestFaults:
    def test_only_the_one_that_kills_libreoffice_fails(self) -> None:
        made = converted(sheets(), failing({"usual": "OFFICE_DIED"}))
        assert {key: outcome.error.code for key, outcome in made.items() if outcome.error} == {"usual": "OFFICE_DIED"}
        assert made.keys() == {size.value for size in Size}

    def test_what_cannot_be_taken_apart_is_laid_out_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_pdf: bytes, _count: int) -> list[bytes]:
            raise IrregularError("x")

        monkeypatch.setattr(conversion, "part_batch", refuse)
        made = converted(sheets(), Counting)
        assert Counting.asked == ["short, usual, long", *(["short", "usual", "long"] * 2)]
        assert issued(made["usual"], content_of(Level.FUNCTIONAL, Size.USUAL))

    def test_a_template_that_counts_is_laid_out_as_it_is(self) -> None:
        by = load_template(with_xml('<w:p><w:bookmarkStart w:id="1" w:name="x"/><w:bookmarkEnd w:id="1"/></w:p>'), NAME)
        made = converted([sheet(Size.SHORT, by=by), sheet(Size.USUAL, by=by)], Counting)
        assert Counting.asked == ["short", "usual"]
        assert all(outcome.value for outcome in made.values())


@cache
def batch() -> bytes:
    """The PDF of all sizes laid out together."""
    by = loaded(NAME)
    assert by.binding is not None
    document = join_batch([one.docx for one in sheets()], by.binding)
    with WarmPool(find_office()) as pool:
        (outcome,) = pool.convert([("batch", document)])
    assert outcome.value is not None
    return outcome.value


class TestTakenApart:
    def test_each_part_is_a_file_of_its_own(self) -> None:
        parts = part_batch(batch(), 3)
        assert [part.count(b"/Type/Page/") for part in parts] == sorted(part.count(b"/Type/Page/") for part in parts)
        assert not any(b"/Dest[" in part or b"/Dests" in part for part in parts)

    @pytest.mark.parametrize("count", [1, 2, 4])
    def test_another_number_of_agreements_is_refused(self, count: int) -> None:
        with pytest.raises(IrregularError):
            part_batch(batch(), count)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (rb"xref\n0 ", b"xerf\n0 "),
            (rb"/Dests (\d)", rb"/Dsets \1"),
            (rb"/pkdocs-akhir-1", b"/pkdocs-akhir-9"),
            (rb"/LastChar (\d)", rb"/LastChar 9"),
            (rb"/StructTreeRoot (\d)", rb"/StructTreeRoto \1"),
            (rb"/ParentTree (\d)", rb"/ParentTere \1"),
            (rb"\n1 0 obj", b"\n9 0 obj"),
            (rb"/Length (\d+) 0 R", rb"/Lenght \1 0 R"),
            (rb"endstream", b"endstraem"),
        ],
    )
    def test_a_file_that_libreoffice_would_not_write_is_refused(self, old: bytes, new: bytes) -> None:
        changed = re.sub(old, new, batch(), count=1)
        assert changed != batch()
        with pytest.raises(IrregularError):
            part_batch(changed, 3)

    def test_a_tag_of_two_agreements_is_refused(self) -> None:
        pages = [int(number) for number in re.findall(rb"(\d+) 0 obj\n<</Type/Page/", batch())]
        first, last = (b"/Pg %d 0 R\n/K[" % number for number in (pages[1], pages[-1]))
        longer = max(len(first), len(last))
        if len(first) != len(last):
            first, last = first.ljust(longer), last.ljust(longer)
        table = re.search(rb"/S/Table\n/P \d+ 0 R\n/Pg %d 0 R" % pages[1], batch())
        assert table is not None
        changed = batch()[: table.end() - 4].rstrip(b"0123456789") + b"%d 0 R" % pages[-1] + batch()[table.end() :]
        with pytest.raises(IrregularError):
            part_batch(changed, 3)


def test_an_error_names_all_that_were_laid_out_together() -> None:
    lot = next(iter(conversion._lots(sheets())))
    assert str(lot) == "short, usual, long"
    assert isinstance(DocumentError("OFFICE_DIED", id=str(lot), tries=2), DocumentError)


def test_static_letters_beyond_ascii_cost_nothing() -> None:
    by = load_template(with_text("Kafé"), NAME)
    converted([sheet(Size.SHORT, by=by), sheet(Size.USUAL, by=by)], Counting)
    assert Counting.asked == ["short, usual"]
