"""Word documents: ``render_document`` against docxtpl used as documented, side by side, for each template.

Usage: python benchmarks/render.py [ROUNDS]

docxtpl opens the template, renders and saves it for each document, as its documentation shows; ours also draws the QR
code, sets the properties and checks that each value is there. Printed are CPU milliseconds for a document, the best
of ROUNDS rounds each, taken in turns. The second line of a template is the same with the styles of python-docx's
default template added, which all have that were made with it.
"""

import dataclasses
import io
import sys
import time
from collections.abc import Callable

from common import contents_of_levels, with_all_styles
from docxtpl import DocxTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pkdocs.content import Content, qr_text
from pkdocs.document import load_template, render_document
from pkdocs.page import build_page
from pkdocs.settings import default_templates


def theirs(template: bytes, content: Content) -> bytes:
    """Return the Word file that docxtpl makes."""
    page = build_page(content)
    word = DocxTemplate(io.BytesIO(template))
    context = {field.name: getattr(page, field.name) for field in dataclasses.fields(page)}
    word.render(context, ImmutableSandboxedEnvironment(), autoescape=True)
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def best(rounds: int, *ways: Callable[[], object]) -> list[float]:
    """Return the least CPU milliseconds of each way, taken in turns."""
    least = [float("inf")] * len(ways)
    for _ in range(rounds):
        for place, way in enumerate(ways):
            started = time.process_time()
            way()
            least[place] = min(least[place], 1000 * (time.process_time() - started))
    return least


def main(rounds: int) -> None:
    """Print a table."""
    print(f"{'template':28}{'docxtpl ms':>12}{'pkdocs ms':>12}{'ratio':>8}")
    for name, content in contents_of_levels().items():
        data = (default_templates() / f"{name}.docx").read_bytes()
        for label, file in ((name, data), (f"{name}, all styles", with_all_styles(data))):
            template = load_template(file, f"{name}.docx")
            qr = qr_text("", content.id, content.digest)
            slow, fast = best(
                rounds,
                lambda file=file, content=content: theirs(file, content),
                lambda template=template, content=content, qr=qr: render_document(content, template, qr=qr),
            )
            print(f"{label:28}{slow:12.1f}{fast:12.1f}{slow / fast:8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
