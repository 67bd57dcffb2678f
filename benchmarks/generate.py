"""``generate`` end to end against its workers alone on the same files, and against the usual way, in one run.

Usage: python benchmarks/generate.py [PEOPLE] [FILES]

``generate`` runs as a process of its own: everything is counted, from the start of Python to the last file. Then its
Word files go once more through as many warm workers, without anything around: one by one, and laid out together as
``generate`` does. The usual way is docxtpl as documented and one ``soffice --convert-to`` a file, for FILES of them.
Memory is the most that the process itself held, for a quarter of the people and for all.
"""

import dataclasses
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import DAY, checked_sample, contents_of
from docxtpl import DocxTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pkdocs.content import Content
from pkdocs.document import load_template
from pkdocs.index import read_index
from pkdocs.office import Pool, cores, find_office
from pkdocs.page import build_page
from pkdocs.pipeline.conversion import Sheet, convert_sheets
from pkdocs.sample import build_sample
from pkdocs.settings import default_templates

RUN = """
import resource, sys
from pathlib import Path
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.generation import Wishes, generate
from pkdocs.settings import default_templates
done = generate(Path(sys.argv[1]), Path(sys.argv[2]), Wishes(default_templates(), TRIAL_KEY), lambda _done, _all: None)
print(done.made, len(done.failed), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of ``generate``: agreements, seconds, and megabytes of its process."""

    made: int
    seconds: float
    megabytes: int


def generated(people: int, folder: Path) -> Run:
    """Run ``generate`` on a sample, into ``folder``."""
    folder.mkdir()
    workbook = folder / "sample.xlsx"
    workbook.write_bytes(build_sample(people, DAY))
    started = time.perf_counter()
    command = [sys.executable, "-c", RUN, str(workbook), str(folder / "pk")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds = time.perf_counter() - started
    made, failed, megabytes = map(int, said)
    if failed:
        raise ValueError(f"{failed} failed")
    return Run(made, seconds, megabytes)


def sheets_of(folder: Path) -> list[Sheet]:
    """Return the Word files that a run has left."""
    index = read_index(folder)
    if index is None:
        raise ValueError("no index")
    names = {entry.template for entry in index.agreements}
    loaded = {name: load_template((default_templates() / name).read_bytes(), name) for name in names}
    return [
        Sheet(entry.id, loaded[entry.template], (folder / str(entry.docx)).read_bytes()) for entry in index.agreements
    ]


def alone(sheets: list[Sheet]) -> tuple[float, float]:
    """Return the seconds that warm workers take for the files one by one, and laid out together."""
    singles = [(sheet.key, sheet.docx) for sheet in sheets]
    seconds = []
    with Pool(find_office(), workers=cores()) as pool:
        list(pool.convert(singles[: 2 * cores()]))
        for way in (lambda: pool.convert(singles), lambda: convert_sheets(pool, sheets)):
            started = time.perf_counter()
            for outcome in way():
                if outcome.error:
                    raise outcome.error
            seconds.append(time.perf_counter() - started)
    return seconds[0], seconds[1]


def usual(contents: list[Content], out: Path) -> float:
    """Return the seconds that docxtpl as documented and one ``soffice --convert-to`` a file take, one by one."""
    started = time.perf_counter()
    for content in contents:
        name = "kepala-daerah" if content.parent is None else "umum"
        template = DocxTemplate(default_templates() / f"{name}.docx")
        page = build_page(content)
        context = {field.name: getattr(page, field.name) for field in dataclasses.fields(page)}
        template.render(context, ImmutableSandboxedEnvironment(), autoescape=True)
        file = out / f"{content.id}.docx"
        template.save(file)
        profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
        command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(out), str(file)]
        subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main(people: int, files: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        small, whole = generated(people // 4, base / "quarter"), generated(people, base / "whole")
        single, together = alone(sheets_of(base / "whole" / "pk"))
        contents = contents_of(checked_sample(people, base))
        (base / "usual").mkdir()
        slow = usual(contents[:: max(1, len(contents) // files)][:files], base / "usual") / files
    each = whole.seconds / whole.made
    print(f"generate, {whole.made} agreements: {whole.seconds:.0f} s, {60 / each:.0f} a minute")
    print(f"workers alone, one by one: {single:.0f} s; generate takes {whole.seconds / single:.2f} of it")
    print(f"workers alone, laid out together: {together:.0f} s; generate takes {whole.seconds / together:.2f} of it")
    print(f"docxtpl and one soffice a file: {60 / slow:.0f} a minute; generate makes {slow / each:.1f} times as many")
    print(f"memory: {small.megabytes} MB for {small.made} agreements, {whole.megabytes} MB for {whole.made}")


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["1000", "10"][len(sys.argv) - 1 :])))
