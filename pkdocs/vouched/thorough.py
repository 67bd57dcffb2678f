"""One file looked at in every way there is: what does not come to the same is a finding."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Final

from pkdocs.verification import Facts, Finding, Issue, Step, Vouched, Weight, examine_pdf, find
from pkdocs.verification.border import Border
from pkdocs.verification.form import read_form
from pkdocs.verification.layout import read_layout
from pkdocs.verification.rendering import Picture, changed_pages, differing_pages, draw

Quick = Callable[[bytes, Vouched], Facts | None]
Drawing = Callable[[bytes], Sequence[Picture]]

_NOTHING: Final = Vouched()


def examine_thoroughly(pdf: bytes, vouched: Vouched, quick: Quick, renderers: Mapping[str, Drawing]) -> Facts:
    """Return what ``examine_pdf`` says of ``pdf`` with all pages read, and what contradicts that.

    ``quick`` must say the same as ``examine_pdf`` where it says anything, as if the file were listed, whether it is or
    not. The issued revision and the last must look alike outside of the signatures' slots: to pdfium and to each of
    ``renderers``, by name, which raise what they like; and these must see on the last what pdfium sees.
    """
    facts = examine_pdf(pdf, _NOTHING)
    border = Border()
    border(Step.FILE, partial(_add, border, _readings(pdf, facts, vouched, quick)))
    if facts.issue_length:
        border(Step.REVISIONS, partial(_add, border, _looks(pdf, facts, renderers)))
    return replace(facts, findings=tuple(dict.fromkeys((*facts.findings, *border.findings))))


def _add(border: Border, found: Iterator[Finding]) -> None:
    border.findings.extend(found)


def _readings(pdf: bytes, facts: Facts, vouched: Vouched, quick: Quick) -> Iterator[Finding]:
    issues = dict(vouched.issues)
    if facts.issue_digest and facts.content_digest:
        issues[facts.issue_digest] = Issue(facts.content_digest, facts.issue_length)
    listed = Vouched(issues)
    quickly = quick(pdf, listed)
    if quickly is None:
        return
    slowly = examine_pdf(pdf, listed)
    apart = [one.name for one in fields(Facts) if getattr(quickly, one.name) != getattr(slowly, one.name)]
    if apart:
        yield find("READINGS_DISAGREE", Step.FILE, Weight.FAIL, what=", ".join(apart))


def _looks(pdf: bytes, facts: Facts, renderers: Mapping[str, Drawing]) -> Iterator[Finding]:
    form, _ = read_form(read_layout(pdf))
    issued, last = pdf[: facts.issue_length], draw(pdf)
    changed = list(changed_pages(draw(issued), last, form.slots))
    # some show where somebody may sign
    filled = {signature.field for signature in facts.signatures}
    open_slots = [slot for field, slot in zip(form.fields, form.slots, strict=True) if field.name not in filled]
    if changed:
        yield find("RENDERING_CHANGED", Step.REVISIONS, Weight.FAIL, page=changed[0], count=len(changed))
    for name, drawing in renderers.items():
        try:
            its = drawing(pdf)
            apart = {
                *differing_pages(last, its, open_slots),
                *changed_pages(drawing(issued), its, form.slots),
            }
        except Exception:  # noqa: BLE001  # a reader that shows nothing does not agree either
            apart = {1}
        if apart - set(changed):
            page = min(apart - set(changed))
            yield find("RENDERERS_DISAGREE", Step.REVISIONS, Weight.UNKNOWN, page=page, renderer=name)
    yield find("RENDERED", Step.REVISIONS, Weight.NOTE, renderers=", ".join(("pdfium", *renderers)))
