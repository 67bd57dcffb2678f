"""What a verdict rests on beside the register: trust file, templates, workbook, and what the workbook demands."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pkdocs.chain import Expected, SetVerdict
from pkdocs.files import digest, read_regular
from pkdocs.pipeline.checking import check
from pkdocs.verification.basis import Basis, Use


def with_basis(verdict: SetVerdict, trust_file: Path, templates: Path | None, workbook: Path | None) -> SetVerdict:
    """Return ``verdict`` with the files that it rests on, and with what must be there.

    What must be there the register says; without one that is believed the ``workbook``, else nobody.

    Raises:
        WorkbookError: the workbook cannot be read.
    """
    sources = (Basis(Use.TRUST, str(trust_file), verdict.trust), *verdict.sources)
    expected = verdict.expected
    if templates is not None:
        sources += tuple(_templates(templates))
    if workbook is not None:
        checked = check(workbook)
        sources += (Basis(Use.WORKBOOK, str(workbook), checked.workbook.digest),)
        if expected is None:
            made = (agreement for agreement in checked.cascade.agreements)
            expected = tuple(
                Expected(one.id, one.assignment.unit, one.assignment.level, one.assignment.key) for one in made
            )
    return replace(verdict, sources=sources, expected=expected)


def _templates(folder: Path) -> Iterator[Basis]:
    for file in sorted(folder.glob("*.docx")):
        yield Basis(Use.TEMPLATE, str(file), digest(read_regular(file)))
