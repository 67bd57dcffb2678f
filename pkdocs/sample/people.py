"""Invented officials: names from lists, and well-formed numbers that belong to nobody."""

from dataclasses import dataclass
from typing import Final

from pkdocs.rank import RANKS
from pkdocs.sample.dating import REFERENCE

_MEN: Final = (
    "Abimanyu", "Aditya", "Agung", "Alfian", "Ambar", "Andri", "Anggoro", "Arkan", "Bagus", "Banyu", "Baskara", "Bima",
    "Candra", "Danu", "Darma", "Dirga", "Eka", "Fadil", "Ferdian", "Gading", "Gilang", "Hendra", "Ibnu", "Ilham",
    "Jaka", "Janu", "Kadek", "Kemal", "Krisna", "Lintang", "Lukas", "Mahesa", "Marihot", "Nanda", "Nugraha", "Oka",
    "Pandu", "Panji", "Putu", "Raka", "Rangga", "Reza", "Sakti", "Satria", "Taufan", "Togar", "Umbu", "Wahyu",
    "Yanuar", "Yoga", "Zaki", "Zulfan",
)  # fmt: skip
_WOMEN: Final = (
    "Adinda", "Alya", "Amelia", "Anindya", "Arini", "Astri", "Ayu", "Bestari", "Cempaka", "Cinta", "Dahlia", "Dian",
    "Diajeng", "Eliza", "Endah", "Fatma", "Fitria", "Gayatri", "Hana", "Hesti", "Imas", "Indah", "Ishara", "Jihan",
    "Kadek", "Kartika", "Kinanti", "Laras", "Lilis", "Luh", "Mayang", "Melati", "Mira", "Nadia", "Nilam", "Novita",
    "Olivia", "Pertiwi", "Putri", "Rahayu", "Ratih", "Risma", "Sari", "Sekar", "Tiara", "Tiur", "Uci", "Vania",
    "Wulan", "Yanti", "Yuni", "Zahra",
)  # fmt: skip
_FAMILIES: Final = (
    "Adiprana", "Adiwarsa", "Anggaraksa", "Ardhanareswa", "Arungbara", "Baruwijaya", "Batarasumba", "Bimasena",
    "Cakrawarsa", "Candrakusuma", "Daengpalau", "Danurwenda", "Dewangkara", "Girisatya", "Gunawarsa", "Hasiholanda",
    "Hutabaraja", "Jatiwaskita", "Jayanegari", "Kalimantara", "Kartapraja", "Kertawidya", "Kusumadipa", "Langitmaya",
    "Lesmanajaya", "Lumbanjaya", "Madyantara", "Mangkuwijaya", "Manikaraga", "Mappanyawa", "Martawiria", "Nagasasra",
    "Nataprawira", "Palaguntara", "Pandiangraja", "Pangestutama", "Patiwangi", "Pranajati", "Purbanegara", "Rajawane",
    "Ranupatma", "Rukmanajati", "Sagaralaya", "Samudraloka", "Sanjayarasa", "Sasmitapura", "Simanggala", "Siregantara",
    "Sumadirja", "Suryawangsa", "Tanudirja", "Tarumawijaya", "Tejakirana", "Wanengpati", "Wardhawijaya", "Wiranegara",
    "Wirapraja", "Wiratmaka", "Yudhapraja",
)  # fmt: skip

_MONTHS, _DAYS = 12, 28
_STRIDE: Final = 5003
"""A prime that divides no number of births, so neighbours differ and nobody comes twice."""
_FIRST_SERIAL: Final = 991
_STARTS: Final = ("01", "03", "04", "12")
_STEP_YEARS: Final = 6


@dataclass(frozen=True, slots=True)
class Generation:
    """When people were born, so that age fits the position; no year stands in two generations."""

    first_year: int
    years: int


LEADS: Final = Generation(1969, 11)
STAFF: Final = Generation(1980, 20)


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of position: its title and level, and who fills it.

    ``grades`` are the golongan that its holders pass through, lowest first; none for non-ASN.
    """

    title: str
    level: str
    employment: str
    grades: tuple[str, ...] = ()
    degree: str = ""
    degree_before: str = ""
    is_for_women: bool = False


def person(index: int, role: Role, generation: Generation) -> dict[str, str]:
    """Return the personal columns of a generation's ``index``-th invented official, as of the reference year."""
    is_woman = role.is_for_women or index % 2 == 1
    cells = {
        "Gelar Depan": role.degree_before,
        "Nama": _name(index, generation, is_woman=is_woman),
        "Gelar Belakang": role.degree,
        "Jenis Pegawai": role.employment,
    }
    if not role.grades:
        return {**cells, "NIP": f"THL-{index:05d}"}
    year, birthday, serial = _birth(index, generation)
    tail = f"{2 if is_woman else 1}{serial}"
    if role.employment == "PNS":
        start = min(year + 23 + index % 4, REFERENCE.year - 2)
        grade = role.grades[min((REFERENCE.year - start) // _STEP_YEARS, len(role.grades) - 1)]
        number = f"{year}{birthday}{start}{_STARTS[index % len(_STARTS)]}{tail}"
        return {**cells, "NIP": number, "Golongan": grade, "Pangkat": RANKS[grade]}
    start = REFERENCE.year - (1 if role.employment == "PPPK Paruh Waktu" else 2 + index % 4)
    return {**cells, "NIP": f"{year}{birthday}{start}21{tail}", "Golongan": role.grades[0]}


def _name(index: int, generation: Generation, *, is_woman: bool) -> str:
    given = (_WOMEN if is_woman else _MEN)[index // 2 * 31 % len(_MEN)]
    family = index * 23 + index // len(_MEN) + generation.first_year
    return f"{given} {_FAMILIES[family % len(_FAMILIES)]}"


def _birth(index: int, generation: Generation) -> tuple[int, str, int]:
    births = generation.years * _MONTHS * _DAYS
    year, rest = divmod(index * _STRIDE % births, _MONTHS * _DAYS)
    month, day = divmod(rest, _DAYS)
    return generation.first_year + year, f"{month + 1:02d}{day + 1:02d}", _FIRST_SERIAL + index // births
