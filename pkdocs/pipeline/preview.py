"""One agreement as a draft with pictures of its pages, so that the author of a template sees what he did."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkdocs.errors import ConflictError, OfficeError, PkdocsError
from pkdocs.files import read_regular, write_atomic
from pkdocs.issue import is_draft
from pkdocs.office import find_office
from pkdocs.outcome import Outcome, demand
from pkdocs.picture import draw_pages
from pkdocs.pipeline.checking import Checked, check
from pkdocs.pipeline.drafting import SUFFIX, Draft, Drafter
from pkdocs.pipeline.generation import Wishes, choose

_UNKNOWN_DIGEST: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Preview:
    """What was made: the draft, the pictures of its pages, and what would stop the agreement (None: nothing)."""

    id: str
    template: str
    pdf: Path
    pages: tuple[Path, ...]
    unfit: PkdocsError | None


def preview(workbook: Path, wishes: Wishes, *, out: Path | None) -> Preview:
    """Make a draft of the agreement wished for, its latest version, at ``out``, or under its id in this folder.

    The pictures stand beside it as ``<name>-1.png`` and so on; those of an earlier preview are replaced. The digest
    of an earlier version that the workbook does not have is printed as zeros, for there is no index to ask.

    Raises:
        WorkbookError: the workbook has errors that touch it.
        UsageError: it is not in the workbook.
        TemplateError: its template cannot be used, or does not fit it.
        DocumentError: its content or its draft cannot be made.
        OfficeError: LibreOffice is missing, or did not convert it.
        ConflictError: what lies there is no draft, or a picture of something else.
    """
    checked = check(workbook)
    agreement = choose(checked, wishes.only)[-1]
    file = out or Path(f"{agreement.id}{SUFFIX}")
    _demand_replaceable(file)
    drafter = Drafter(checked, wishes, find_office(), _unknown_digests(checked))
    rendered = drafter.render(agreement)
    (outcome,) = drafter.convert(iter([rendered]))
    draft = _converted(outcome)
    return Preview(agreement.id, rendered.template.name, file, tuple(_write(file, draft)), draft.unfit)


def _unknown_digests(checked: Checked) -> dict[str, str]:
    return {made.supersedes: _UNKNOWN_DIGEST for made in checked.cascade.agreements if made.supersedes}


def _converted(outcome: Outcome[str, Draft]) -> Draft:
    if outcome.error and outcome.error.code.startswith("OFFICE_"):
        raise OfficeError("NOTHING_CONVERTED", reason=outcome.error)
    return demand(outcome)


def _demand_replaceable(file: Path) -> None:
    if file.exists() and is_draft(read_regular(file)):
        return
    for foreign in (*([file] if file.exists() else ()), *_pictures(file)):
        raise ConflictError("PREVIEW_IN_THE_WAY", file=str(foreign))


def _write(file: Path, draft: Draft) -> Iterator[Path]:
    """Write the draft first: while it is there, the pictures beside it are known to be its own."""
    write_atomic(file, draft.pdf)
    pages = list(draw_pages(draft.pdf))
    pictures = [file.with_name(f"{file.stem}-{number}.png") for number in range(1, len(pages) + 1)]
    for picture, page in zip(pictures, pages, strict=True):
        write_atomic(picture, page)
        yield picture
    for earlier in set(_pictures(file)) - set(pictures):
        earlier.unlink()


def _pictures(file: Path) -> Iterator[Path]:
    name = re.compile(rf"{re.escape(file.stem)}-[0-9]+\.png")
    if file.parent.is_dir():
        yield from (found for found in sorted(file.parent.iterdir()) if name.fullmatch(found.name))
