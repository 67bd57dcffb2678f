"""A small city for tests: seven officials on four levels, from the workbook to signed files, made once."""

import csv
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

import pytest

from pkdocs.errors import DocumentError
from pkdocs.executor import run_each
from pkdocs.files import digest
from pkdocs.index import Index, read_index
from pkdocs.office import Office, Pool
from pkdocs.outcome import Outcome
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline import accounting, audit, drafting, making, registering, reissue
from pkdocs.pipeline.ceremony import SigningResult, plan_signing, sign_plan
from pkdocs.pipeline.ceremony import Wishes as SigningWishes
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pipeline.generation import Generated, Wishes, generate
from pkdocs.pipeline.keeping import read_kept, sign_kept
from pkdocs.pipeline.registering import Built, HeadWishes, build_register
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.pki import init_pki
from pkdocs.sample.sheets import base_city
from pkdocs.settings import default_templates
from pkdocs.signing import FileSigner, Keyed, load_pkcs12

KEYS = ("WALIKOTA", "INSP", "INSP.IRBAN1", "INSP.IRBAN1.AUDITOR", "BKPSDM", "BKPSDM.PKP", "BKPSDM.PKP.ANALIS")
"""Parents first: the order of the index."""

REGISTRARS = ("INSP", "BKPSDM")
"""Who keeps the register: two of different units."""

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
"""When certificates begin and everybody signs. The commands look at the clock, so this is close to now."""

Rows = list[dict[str, str]]
Sheets = dict[str, Rows]


def sheets() -> Sheets:
    """Return the sheets of the small city."""
    named = {
        name: [dict.fromkeys(sheet.columns, "") | row for row in sheet.rows] for name, sheet in base_city().items()
    }
    return {name: [row for row in rows if row.get("Kode Jabatan", KEYS[0]) in KEYS] for name, rows in named.items()}


def change(city: Sheets, sheet: str, row: str, column: str, value: str) -> Sheets:
    """Change the cell of ``column`` in all rows that begin with ``row`` or whose position is ``row``."""
    for cells in city[sheet]:
        if row in {next(iter(cells.values())), cells.get("Kode Jabatan")}:
            cells[column] = value
    return city


def without(city: Sheets, key: str) -> Sheets:
    """Take a position and all that it promises away."""
    return {name: [row for row in rows if row.get("Kode Jabatan") != key] for name, rows in city.items()}


def write(folder: Path, city: Sheets) -> Path:
    """Write the sheets as a folder of .csv files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in city.items():
        columns = dict.fromkeys(column for row in rows for column in row)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, delimiter=";", restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def number_of(key: str) -> str:
    """Return the NIP of who holds ``key``."""
    return next(row["NIP"] for row in base_city()["Pejabat"].rows if row["Kode Jabatan"] == key)


def wishes(**changes: Any) -> Wishes:
    """Return what an operator usually asks for."""
    return Wishes(**({"templates": default_templates(), "person_key": TRIAL_KEY} | changes))


def ignore(_done: int, _total: int) -> None:
    """Show no progress."""


class WarmPool:
    """LibreOffice that is started once for all tests, and remembers what it has converted."""

    started: Pool | None = None
    known: dict[str, bytes] = {}  # noqa: RUF012  one for all on purpose

    def __init__(self, office: Office, **_more: object) -> None:
        self._office = office

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        pass

    def convert(self, documents: Iterable[tuple[Any, bytes]]) -> Iterator[Outcome[Any, bytes]]:
        asked: dict[Any, bytes] = {}
        for key, document in documents:
            if (pdf := self.known.get(digest(document))) is not None:
                yield Outcome(key, pdf)
            else:
                asked[key] = document
        if asked:
            for outcome in self._pool().convert(asked.items()):
                if outcome.value is not None:
                    self.known[digest(asked[outcome.key])] = outcome.value
                yield outcome

    def _pool(self) -> Pool:
        if WarmPool.started is None:
            WarmPool.started = Pool(self._office, workers=2).__enter__()
        return WarmPool.started

    @classmethod
    def close(cls) -> None:
        """End LibreOffice; what is known stays."""
        if cls.started is not None:
            cls.started.close()
            cls.started = None


def failing(codes: Mapping[str, str]) -> type[WarmPool]:
    """Return a LibreOffice that fails with a code on all that is laid out with some agreements, named by their ids."""

    class FailingPool(WarmPool):
        def convert(self, documents: Iterable[tuple[Any, bytes]]) -> Iterator[Outcome[Any, bytes]]:
            for key, document in documents:
                bad = [codes[identity] for identity in str(key).split(", ") if identity in codes]
                if bad:
                    yield Outcome(key, error=DocumentError(bad[0], id=str(key), tries=2))
                else:
                    yield from super().convert([(key, document)])

    return FailingPool


LOOKED: dict[tuple[object, str], Any] = {}
"""What came of looking at files, by the function that looked and the digest of their bytes; their path without any."""


def look_once(look: Callable[[Source], Any], files: Sequence[Source], **how: Any) -> Iterator[Any]:
    """Do as ``run_each`` does, but look only once at the same bytes: what is seen depends on nothing else."""
    # what the register vouches for is part of how to look
    how_to_look = pickle.dumps(look) if hasattr(look, "__self__") else look
    keys = [(how_to_look, _told(file)) for file in files]
    unknown = {key: file for key, file in zip(keys, files, strict=True) if key not in LOOKED}
    LOOKED.update(zip(unknown, run_each(look, list(unknown.values()), **how), strict=True))
    return (LOOKED[key] for key in keys)


def _told(file: Source) -> str:
    try:
        return digest(file.read())
    except SourceError as fault:
        return f"{file.name}: {fault.refusal}"


@dataclass(frozen=True)
class Town:
    """A workbook, the folder that was made of it, and the training PKI of its people."""

    workbook: Path
    out: Path
    pki: Path

    @property
    def index(self) -> Index:
        index = read_index(self.out)
        assert index is not None
        return index

    @property
    def enrolment(self) -> Path:
        return self.pki / "enrolment.json"

    @property
    def head(self) -> Path:
        return self.out / "register.pdf"

    def build_register(self, at: datetime | None = None, **wishes: Any) -> Built:
        """Bring the register up to workbook and files; nobody has signed its head."""
        chosen = HeadWishes(**({"person_key": TRIAL_KEY} | wishes))
        return build_register(self.out, self.workbook, self.enrolment, chosen, at=at or AT, progress=ignore)

    def sign_register(self, *keys: str) -> None:
        """Let the holders of ``keys`` (the registrars) sign the head."""
        for key in keys or REGISTRARS:
            sign_kept(read_kept(self.head), self.signer(key), at=lambda: AT)

    @property
    def trust(self) -> Path:
        return self.pki / "trust.toml"

    def pdf(self, key: str) -> Path:
        return self.out / next(str(entry.pdf) for entry in self.index.agreements if entry.key == key)

    def write(self, city: Sheets) -> None:
        """Put another workbook in the place of the first."""
        shutil.rmtree(self.workbook)
        write(self.workbook, city)

    def generate(self, **changes: Any) -> Generated:
        return generate(self.workbook, self.out, wishes(**changes), ignore)

    def p12(self, key: str) -> Path:
        return self.pki / "signers" / f"{number_of(key)}.p12"

    def signer(self, key: str) -> FileSigner:
        return _signer(self.p12(key))

    def sign(self, key: str, *paths: Path, any_order: bool = False) -> SigningResult:
        """Let the holder of ``key`` sign what waits."""
        holder = Keyed(self.signer(key))
        plan = plan_signing(paths or [self.out], holder, SigningWishes(any_order=any_order), at=AT)
        return sign_plan(plan, holder, at=lambda: AT, progress=ignore)

    def sign_all(self) -> None:
        """Let everybody sign, those below first."""
        for key in reversed(KEYS):
            self.sign(key)

    def copy(self, folder: Path) -> "Town":
        """Return a copy of workbook and files; the PKI stays where it is."""
        shutil.copytree(self.workbook, folder / "buku")
        shutil.copytree(self.out, folder / "hasil")
        return Town(folder / "buku", folder / "hasil", self.pki)


@cache
def _signer(p12: Path) -> FileSigner:
    return load_pkcs12(p12.read_bytes(), p12.with_suffix(".pass").read_text(encoding="ascii").strip())


@cache
def made(base: Path) -> Town:
    """Return the city below ``base`` with its issued files; nobody has signed."""
    folder = base / "kota"
    town = Town(write(folder / "buku", sheets()), folder / "hasil", folder / "pki")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "Pool", WarmPool)
        done = town.generate()
    assert (done.made, done.failed) == (len(KEYS), ())
    init_pki(town.pki, at=AT, registrars=[number_of(key) for key in REGISTRARS])
    issue_for_workbook(town.pki, town.workbook, person_key=TRIAL_KEY, at=AT, renew=False)
    return town


@cache
def signed(base: Path) -> Town:
    """Return the city signed by everybody."""
    town = made(base).copy(base / "bertanda-tangan")
    town.sign_all()
    return town


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return every file below ``folder`` with its inode, time and bytes."""
    if not folder.exists():
        return {}
    return {
        file.relative_to(folder).as_posix(): (file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def touched(before: dict[str, tuple[int, int, bytes]], folder: Path) -> set[str]:
    """Return which files below ``folder`` are new, gone or written again since ``before``."""
    after = snapshot(folder)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def tamper(file: Path, change_bytes: Callable[[bytes], bytes]) -> None:
    """Change the bytes of a file."""
    file.write_bytes(change_bytes(file.read_bytes()))


@pytest.fixture(scope="session", autouse=True)
def warm_office() -> Iterator[None]:
    """End LibreOffice after the last test."""
    yield
    WarmPool.close()


@pytest.fixture(autouse=True)
def one_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every run of a test use the LibreOffice that is running."""
    monkeypatch.setattr(drafting, "Pool", WarmPool)
    monkeypatch.setattr(making, "Pool", WarmPool)
    monkeypatch.setattr(reissue, "Pool", WarmPool)


@pytest.fixture(autouse=True)
def one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every run of a test know what another has seen in a file of the same bytes."""
    for module in (accounting, audit, registering):
        monkeypatch.setattr(module, "run_each", look_once)


@pytest.fixture
def town(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A copy of the city; nobody has signed."""
    return made(tmp_path_factory.getbasetemp()).copy(tmp_path)


@pytest.fixture
def signed_town(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A copy of the city that everybody has signed."""
    return signed(tmp_path_factory.getbasetemp()).copy(tmp_path)


__all__ = ["Town", "one_look", "one_office", "signed_town", "town", "warm_office"]
