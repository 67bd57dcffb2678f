"""A workbook for trials: the invented Kota Wanasari, as large as wanted, dated for any day."""

from datetime import date

from pkdocs.errors import UsageError
from pkdocs.sample.dating import ceremony_day, date_for, usual_day
from pkdocs.sample.growth import grow
from pkdocs.sample.sheets import BASE_SIZE, base_city, top
from pkdocs.sample.xlsx import write_xlsx

FEWEST, MOST = 2, 50_000

__all__ = ["BASE_SIZE", "FEWEST", "MOST", "build_sample", "ceremony_day", "usual_day"]


def build_sample(people: int, day: date) -> bytes:
    """Return an ``.xlsx`` workbook with ``people`` officials, one agreement each, signed on ``ceremony_day(day)``.

    Up to ``BASE_SIZE`` it is the upper part of ``samples/kota-wanasari``, superiors always included; beyond
    that invented schools, puskesmas, kelurahan, and teams hang below its agencies. An official who also
    acts in a second position counts in each, and so do the old and the new holder of one; who only stands in
    (Plh.) does not. All names and numbers are invented (NIP serials 991-998), and their years move with
    ``day``. The same arguments give the same bytes.

    Raises:
        UsageError: fewer than ``FEWEST`` or more than ``MOST`` people.
    """
    if not FEWEST <= people <= MOST:
        raise UsageError("SAMPLE_SIZE", people=people, fewest=FEWEST, most=MOST)
    city = base_city()
    chosen = top(city, people) if people <= BASE_SIZE else grow(city, people - BASE_SIZE)
    return write_xlsx(date_for(chosen, day), day)
