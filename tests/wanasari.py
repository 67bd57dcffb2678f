"""The sample city for tests: the sheets, one changed cell if wanted, and what becomes of them without LibreOffice."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pkdocs.cascade import Agreement
from pkdocs.composition import compose
from pkdocs.content import Content
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.checking import Checked, check
from pkdocs.sample.sheets import base_city
from tests.city import Sheets, write


@dataclass(frozen=True)
class City:
    """A workbook that was checked; its agreements and their contents by id, without what all ids begin with."""

    checked: Checked
    made: Mapping[str, Agreement]
    contents: Mapping[str, Content]


def sheets() -> Sheets:
    """Return the sheets of the reference city."""
    return {name: list(map(dict, sheet.rows)) for name, sheet in base_city().items()}


def city_of(changed: Sheets) -> City:
    """Return what becomes of the sheets."""
    with TemporaryDirectory() as folder:
        city = check(write(Path(folder), changed))
    composed = compose(city.profile, city.cascade, city.workbook.plan, person_key=TRIAL_KEY, previous={})
    return City(
        city,
        {short(agreement.id): agreement for agreement in city.cascade.agreements},
        {short(one.key): one.value for one in composed if one.value},
    )


def short(id_: str | None) -> str:
    """Return an id of the city without what all ids begin with."""
    return str(id_).removeprefix("PK-2026-")


@cache
def sample() -> City:
    """Return the reference city as it is."""
    return city_of(sheets())
