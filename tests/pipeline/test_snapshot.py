"""A signed agreement keeps what was true on its day."""

import pytest

from pkdocs.errors import ConflictError
from tests.city import Town, change, sheets, snapshot, touched

AUDITOR = "INSP.IRBAN1.AUDITOR"


@pytest.mark.parametrize(
    ("column", "value"), [("Golongan", "IV/a"), ("Nama", "Syahril Mappasessu Daeng"), ("Gelar Belakang", "S.E., M.Ak.")]
)
def test_a_promotion_after_signing_leaves_the_signed_page_as_it_is(town: Town, column: str, value: str) -> None:
    town.sign(AUDITOR)
    before = snapshot(town.out)
    # an empty Pangkat follows from the Golongan
    changed = change(sheets(), "Pejabat", AUDITOR, "Pangkat", "")
    town.write(change(changed, "Pejabat", AUDITOR, column, value))
    with pytest.raises(ConflictError, match=rf"SIGNED_WOULD_CHANGE.*{AUDITOR}"):
        town.generate()
    assert touched(before, town.out) == set()
