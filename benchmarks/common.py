"""What the benchmarks share: a sample's contents."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import docx
from lxml import etree

from pkdocs.composition import compose
from pkdocs.content import Content, qr_text
from pkdocs.document import Template, load_template, render_document
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


@dataclass(frozen=True, slots=True)
class Rendered:
    """An agreement of a sample as a Word file."""

    content: Content
    template: Template
    docx: bytes


def rendered_sample(count: int, change: Callable[[bytes], bytes] = bytes) -> list[Rendered]:
    """Return the first ``count`` agreements of a sample, made from the shipped templates after a ``change``."""
    with tempfile.TemporaryDirectory() as folder:
        checked = checked_sample(max(120, count), Path(folder))
    shipped = Templates(default_templates(), checked.profile.paper)
    names = {entry.id: shipped.of(entry.assignment).name for entry in checked.cascade.agreements}
    templates = {
        name: load_template(change((default_templates() / name).read_bytes()), name) for name in set(names.values())
    }
    rendered = []
    for content in contents_of(checked)[:count]:
        template = templates[names[content.id]]
        qr = qr_text("", content.id, content.digest)
        rendered.append(Rendered(content, template, render_document(content, template, qr=qr)))
    return rendered


def with_all_styles(template: bytes) -> bytes:
    """Return a template with the styles of python-docx's default template beside its own."""
    styles = "word/styles.xml"
    default = io.BytesIO()
    docx.Document().save(default)
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(default) as archive:
        more = etree.fromstring(archive.read(styles))
    own = etree.fromstring(parts[styles])
    identity = f"{{{own.nsmap['w']}}}styleId"
    known = {style.get(identity) for style in own}
    own.extend([style for style in more if style.get(identity) not in {None, *known}])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | {styles: etree.tostring(own)}).items():
            archive.writestr(name, content)
    return file.getvalue()
