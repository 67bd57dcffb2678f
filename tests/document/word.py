"""Word files for tests: a shipped template with one change."""

import io
import zipfile
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
DOCUMENT = "word/document.xml"
RELATIONS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template(name: str = "umum.docx") -> bytes:
    return (TEMPLATES / name).read_bytes()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def word_file(content: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def edited(old: str, new: str, part: str = DOCUMENT, data: bytes | None = None) -> bytes:
    """Return a template in which ``old`` stands replaced, once."""
    content = parts(data or template())
    text = content[part].decode()
    assert old in text
    content[part] = text.replace(old, new, 1).encode()
    return word_file(content)


def with_part(name: str, part: bytes, kind: str) -> bytes:
    """Return a template with one more part of the content type ``kind``."""
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    content = parts(edited("</Types>", override, "[Content_Types].xml"))
    return word_file({**content, name: part})


def with_relation(kind: str, target: str, *, external: bool = False, part: str = RELATIONS) -> bytes:
    """Return a template with one more relationship of the document."""
    mode = ' TargetMode="External"' if external else ""
    entry = f'<Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>'
    return edited("</Relationships>", entry, part)


def with_text(text: str, data: bytes | None = None) -> bytes:
    """Return a template with one more paragraph, which says ``text``."""
    return with_xml(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>", data)


def with_xml(xml: str, data: bytes | None = None) -> bytes:
    """Return a template with ``xml`` at the end of its body."""
    return edited("<w:sectPr>", f"{xml}<w:sectPr>", data=data)
