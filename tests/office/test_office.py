"""The real LibreOffice: what its PDFs hold, what it does not fetch, and that nothing is left."""

import hashlib
import io
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docx
import pikepdf
import pytest
import segno
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from pkdocs.content import ANCHOR_ADDRESS, Role
from pkdocs.errors import DocumentError, OfficeError
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.office import INSTALL, Office, Pool, find_office
from pkdocs.office import worker as worker_program
from pkdocs.office.locate import environment
from tests.factory import head_content

ROLES = [role.value for role in Role]
PLAIN = (sys.executable, "-I", str(Path(__file__).with_name("plain_worker.py")), worker_program.__file__)


@cache
def office() -> Office:
    return find_office()


def picture() -> io.BytesIO:
    data = io.BytesIO()
    segno.make("gambar", micro=False).save(data, kind="png")
    data.seek(0)
    return data


def saved(document: object) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


@cache
def agreement() -> bytes:
    """A Word document with an anchor of 60 by 25 mm for each role."""
    document = docx.Document()
    document.add_heading("PERJANJIAN KINERJA", 1)
    document.add_paragraph("Indeks SPBE & 4,10")
    for role in ROLES:
        drawn = document.add_paragraph().add_run().add_picture(picture(), Mm(60), Mm(25))
        link = OxmlElement("a:hlinkClick")
        target = document.part.relate_to(ANCHOR_ADDRESS + role, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), target)
        drawn._inline.docPr.append(link)
    return saved(document)


def linking(address: str) -> bytes:
    """A Word document with a picture that is elsewhere."""
    document = docx.Document()
    document.add_picture(picture(), Mm(20))
    blip = next(document.element.iter(qn("a:blip")))
    del blip.attrib[qn("r:embed")]
    blip.set(qn("r:link"), document.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True))
    return saved(document)


def converted(*documents: bytes, used: Office | None = None, workers: int = 1) -> list[bytes]:
    with Pool(used or office(), workers=workers) as pool:
        outcomes = {outcome.key: outcome.value for outcome in pool.convert(enumerate(documents))}
    return [outcomes[number] or b"" for number in range(len(documents))]


@pytest.fixture(scope="module")
def paper() -> pikepdf.Pdf:
    (pdf,) = converted(agreement())
    return pikepdf.open(io.BytesIO(pdf))


def test_an_anchor_becomes_a_link_with_its_rectangle(paper: pikepdf.Pdf) -> None:
    links = {str(link.A.URI): [float(edge) for edge in link.Rect] for link in paper.pages[0].Annots}
    assert list(links) == [ANCHOR_ADDRESS + role for role in ROLES]
    for left, bottom, right, top in links.values():
        assert right - left == pytest.approx(60 / 25.4 * 72, abs=0.2)
        assert top - bottom == pytest.approx(25 / 25.4 * 72, abs=0.2)


def test_the_pdf_is_tagged_archival_and_without_bookmarks(paper: pikepdf.Pdf) -> None:
    metadata = paper.Root.Metadata.read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert bool(paper.Root.MarkInfo.Marked) is True
    assert paper.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1
    assert "/Outlines" not in paper.Root


def test_fonts_are_embedded(paper: pikepdf.Pdf) -> None:
    fonts = list(paper.pages[0].Resources.Font.as_dict().values())
    assert fonts
    assert all("/FontFile2" in font.FontDescriptor for font in fonts)


def test_pictures_keep_their_pixels(paper: pikepdf.Pdf) -> None:
    images = paper.pages[0].Resources.XObject.as_dict().values()
    assert {image.get("/Filter") for image in images} == {pikepdf.Name.FlateDecode}


def test_two_runs_with_different_workers_give_the_same_issued_bytes() -> None:
    content = head_content()
    toolchain = Toolchain("0.1.0", office().build, office().fonts)
    first = converted(agreement(), agreement(), linking("https://contoh.invalid/a.png"), agreement(), workers=2)
    second = converted(linking("https://contoh.invalid/a.png"), agreement(), workers=1)
    papers = [first[0], first[1], first[3], second[1]]
    issued = {issue_pdf(pdf, content, template_digest="0" * 64, toolchain=toolchain) for pdf in papers}
    assert len(set(papers)) > 1
    assert len(issued) == 1


@pytest.mark.parametrize(
    "document", [b"", b"plain text", b"PK\x03\x04 broken", agreement()[:3000]], ids=["empty", "text", "broken", "cut"]
)
def test_what_is_no_word_document_gives_no_pdf(document: bytes) -> None:
    with Pool(office(), workers=1) as pool:
        (outcome,) = pool.convert([("PK-2026-A-1", document)])
    assert isinstance(outcome.error, DocumentError)
    assert outcome.error.code == "OFFICE_NO_PDF"


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """The address of a picture on a host that notes who asks for it."""
    asked: list[str] = []

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.command)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(picture().getvalue())

        def do_OPTIONS(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name in the base class
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/gambar.png", asked
        server.shutdown()
        thread.join()


def images(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return sum(
            isinstance(entry, pikepdf.Stream) and entry.get("/Subtype") == "/Image" for entry in document.objects
        )


@pytest.mark.parametrize("command", [None, PLAIN], ids=["without network", "by settings alone"])
def test_what_a_document_links_to_is_neither_fetched_nor_shown(
    command: tuple[str, ...] | None, requests: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = requests
    local = tmp_path / "rahasia.png"
    local.write_bytes(picture().getvalue())
    used = replace(office(), worker=command or office().worker)
    pdfs = converted(linking(address), linking(local.as_uri()), agreement(), used=used)
    assert asked == []
    assert [images(pdf) for pdf in pdfs] == [0, 0, 1]


def test_without_the_settings_it_would_be(requests: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    address, asked = requests
    monkeypatch.setattr("pkdocs.office.profile._SETTINGS", ())
    (pdf,) = converted(linking(address), used=replace(office(), worker=PLAIN))
    assert asked
    assert images(pdf) == 1


def test_a_worker_has_no_network() -> None:
    program = (
        "import importlib.util, json, sys;"
        f"spec = importlib.util.spec_from_file_location('worker', {worker_program.__file__!r});"
        "worker = importlib.util.module_from_spec(spec); spec.loader.exec_module(worker);"
        "left = worker.leave_network();"
        "devices = [line.split(':')[0].strip() for line in open('/proc/self/net/dev') if ':' in line];"
        "print(json.dumps([left, devices]))"
    )
    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True).stdout
    left, devices = json.loads(said)
    if not left:
        pytest.skip("this machine does not let a process leave the network")
    assert devices == ["lo"]


def test_the_users_own_settings_are_neither_read_nor_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAL_LOG", "+INFO")
    (pdf,) = converted(agreement())
    assert pdf
    assert list(tmp_path.iterdir()) == []
    assert "SAL_LOG" not in environment(tmp_path)


def test_when_the_parent_is_killed_worker_and_files_go(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from pkdocs.office import Pool, find_office\n"
        "with Pool(find_office(), workers=1) as pool:\n"
        "    list(pool.convert([('a', Path(sys.argv[1]).read_bytes())]))\n"
        "    print(pool._workers[0].process._process.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    document = tmp_path / "a.docx"
    document.write_bytes(agreement())
    folder = tmp_path / "temporary"
    folder.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(document)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with parent:
        worker = os.pidfd_open(int(parent.stdout.readline()))
        assert [entry.name[:7] for entry in folder.iterdir()] == ["pkdocs-"]
        parent.send_signal(signal.SIGKILL)
    ended, _, _ = select.select([worker], [], [], 60)
    os.close(worker)
    assert ended
    assert list(folder.iterdir()) == []


# Finding it


def test_the_office_says_what_shapes_a_page() -> None:
    assert office().build.startswith("LibreOffice ")
    assert len(office().fonts) == len(hashlib.sha256().hexdigest())
    assert find_office() == find_office(office().program)


def test_another_library_is_another_build(tmp_path: Path) -> None:
    for name in ("bootstraprc", "versionrc", "libswlo.so"):
        shutil.copy(office().program / name, tmp_path)
    before = find_office(tmp_path).build
    (tmp_path / "libswlo.so").write_bytes(b"another")
    assert find_office(tmp_path).build != before
    (tmp_path / "versionrc").unlink()
    assert find_office(tmp_path).build.startswith("LibreOffice ")


def test_a_missing_office_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match="OFFICE_MISSING") as stop:
        find_office(tmp_path)
    assert INSTALL in stop.value.message("id")
    assert INSTALL in stop.value.message("en")


def test_without_fc_list_the_fonts_are_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OfficeError, match="OFFICE_NO_FONTS"):
        find_office(office().program)
    with pytest.raises(OfficeError, match="OFFICE_NO_FONTS"):
        find_office()
