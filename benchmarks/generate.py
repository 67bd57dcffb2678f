"""``generate`` against docxtpl as documented and one ``soffice`` a file, side by side in one run.

Usage: python benchmarks/generate.py [PEOPLE] [BASELINE_FILES]
"""

import dataclasses
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pkdocs.composition import compose
from pkdocs.content import Content
from pkdocs.page import build_page
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.checking import check
from pkdocs.pipeline.generation import Wishes, generate
from pkdocs.sample import build_sample
from pkdocs.settings import default_templates

DAY = date(2026, 1, 22)


def ours(workbook: Path, out: Path) -> float:
    """Return the seconds that one run of ``generate`` takes, everything included."""
    started = time.perf_counter()
    done = generate(workbook, out, Wishes(default_templates(), TRIAL_KEY), lambda _done, _total: None)
    assert not done.failed, done.failed  # noqa: S101  # a benchmark of failures would be none
    return time.perf_counter() - started


def theirs(contents: list[Content], out: Path) -> float:
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


def main(people: int, baseline: int) -> None:
    """Print documents a minute of both ways, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        workbook = base / "sample.xlsx"
        workbook.write_bytes(build_sample(people, DAY))
        checked = check(workbook)
        plan = checked.workbook.plan
        composed = compose(checked.profile, checked.cascade, plan, person_key=TRIAL_KEY, previous={})
        contents = [outcome.value for outcome in composed if outcome.value]
        (base / "theirs").mkdir()
        slow = theirs(contents[:: max(1, len(contents) // baseline)][:baseline], base / "theirs") / baseline
        fast = ours(workbook, base / "ours") / len(contents)
    print(f"pkdocs generate, {len(contents)} agreements: {60 / fast:.0f} a minute")
    print(f"docxtpl + one soffice a file, {baseline} of them: {60 / slow:.0f} a minute")
    print(f"ratio: {slow / fast:.1f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["200", "20"][len(sys.argv) - 1 :])))
