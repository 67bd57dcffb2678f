"""What a verdict rests on beside the register."""

import hashlib
from pathlib import Path

from pkdocs.pipeline.basis import with_basis
from pkdocs.verification.basis import Basis, Use
from tests.report.test_tree import SET


def test_trust_file_and_templates_are_named_with_their_digests(tmp_path: Path) -> None:
    for name in ("umum.docx", "kepala.docx"):
        (tmp_path / name).write_bytes(name.encode())
    judged = with_basis(SET, Path("trust.toml"), tmp_path, None)
    assert judged.sources == (
        Basis(Use.TRUST, "trust.toml", SET.trust),
        *(
            Basis(Use.TEMPLATE, str(tmp_path / name), hashlib.sha256(name.encode()).hexdigest())
            for name in ("kepala.docx", "umum.docx")
        ),
    )
    assert judged.expected is None
