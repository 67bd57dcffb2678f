"""Issuing and judging an agreement against LibreOffice's conversion of it, processor time, side by side in one run.

Usage: python benchmarks/judge.py [PEOPLE]
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from pkdocs.composition import compose
from pkdocs.content import Content, qr_text
from pkdocs.document import render_document
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.office import Office, Pool, find_office
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.checking import check
from pkdocs.pipeline.templates import Templates
from pkdocs.pipeline.wording import gather_wordings
from pkdocs.sample import build_sample
from pkdocs.settings import default_templates
from pkdocs.verification import examine_pdf

DAY = date(2026, 1, 22)
REPEATS = 3


def documents(people: int, folder: Path) -> tuple[dict[str, Content], dict[str, bytes]]:
    """Return the contents of a sample, and their Word documents, by id."""
    workbook = folder / "sample.xlsx"
    workbook.write_bytes(build_sample(people, DAY))
    checked = check(workbook)
    composed = compose(checked.profile, checked.cascade, checked.workbook.plan, person_key=TRIAL_KEY, previous={})
    contents = {outcome.key: outcome.value for outcome in composed if outcome.value}
    templates, wordings = Templates(default_templates(), checked.profile.paper), gather_wordings(checked)
    words = {}
    for agreement in checked.cascade.agreements:
        content = contents[agreement.id]
        code = qr_text(checked.profile.address, content.id, content.digest)
        template = templates.of(agreement.assignment)
        words[content.id] = render_document(content, template, qr=code, wording=wordings.of(content))
    return contents, words


def converted(office: Office, words: Iterable[tuple[str, bytes]]) -> tuple[dict[str, bytes], float]:
    """Return the PDF of each Word document, and the seconds of processor time of one worker from start to end."""
    before = _children()
    with Pool(office, workers=1) as pool:
        pdfs = {outcome.key: outcome.value for outcome in pool.convert(words) if outcome.value}
    return pdfs, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median_ms(work: Callable[[str], object], ids: Iterable[str]) -> float:
    """Return the processor time of ``work`` in milliseconds: the best of some for each id, the median of all."""
    return statistics.median(min(_ms(work, one) for _ in range(REPEATS)) for one in ids)


def _ms(work: Callable[[str], object], one: str) -> float:
    started = time.process_time()
    work(one)
    return (time.process_time() - started) * 1000


def main(people: int) -> None:
    """Print the processor time of issuing and of judging, and their shares of LibreOffice's."""
    office = find_office()
    toolchain = Toolchain("benchmark", office.build, office.fonts)
    with tempfile.TemporaryDirectory() as folder:
        contents, words = documents(people, Path(folder))
    _, start = converted(office, list(words.items())[:1])
    pdfs, whole = converted(office, words.items())
    conversion = (whole - start) / (len(pdfs) - 1) * 1000

    def issued(one: str) -> bytes:
        return issue_pdf(pdfs[one], contents[one], template_digest="0" * 64, toolchain=toolchain)

    files = {one: issued(one) for one in pdfs}
    wrong = {one: found for one, file in files.items() if (found := examine_pdf(file).findings)}
    assert not wrong, wrong  # noqa: S101  # a benchmark of failures would be none
    print(f"{len(pdfs)} agreements, milliseconds of processor time for each")
    print(f"LibreOffice: {conversion:.1f}")
    for name, took in (
        ("issue", median_ms(issued, pdfs)),
        ("judge", median_ms(lambda one: examine_pdf(files[one]), pdfs)),
    ):
        print(f"{name}: {took:.1f}, {took / conversion:.0%} of LibreOffice's")


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] or ["60"])))
