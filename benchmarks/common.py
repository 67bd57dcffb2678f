"""What the benchmarks share: a sample's contents."""

import tempfile
from datetime import date
from pathlib import Path

from pkdocs.composition import compose
from pkdocs.content import Content
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.checking import Checked, check
from pkdocs.pipeline.templates import Templates
from pkdocs.sample import build_sample
from pkdocs.settings import default_templates

DAY = date(2026, 1, 22)


def checked_sample(people: int, folder: Path) -> Checked:
    """Return the workbook of a sample, written to ``folder`` as ``sample.xlsx``."""
    workbook = folder / "sample.xlsx"
    workbook.write_bytes(build_sample(people, DAY))
    return check(workbook)


def contents_of(checked: Checked) -> list[Content]:
    """Return all contents of a workbook."""
    composed = compose(checked.profile, checked.cascade, checked.workbook.plan, person_key=TRIAL_KEY, previous={})
    return [outcome.value for outcome in composed if outcome.value]


def contents_of_levels() -> dict[str, Content]:
    """Return one content for each template that the sample takes."""
    with tempfile.TemporaryDirectory() as folder:
        checked = checked_sample(120, Path(folder))
    templates = Templates(default_templates(), checked.profile.paper)
    taken = {entry.id: templates.of(entry.assignment).name for entry in checked.cascade.agreements}
    return {taken[content.id].removesuffix(".docx"): content for content in contents_of(checked)}
