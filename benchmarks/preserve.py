"""How long sealing, renewing and judging a sealed ceremony take, and how large the records are.

Usage: python benchmarks/preserve.py FOLDER

FOLDER holds a signed city with its register: ``pk`` with ``register.pdf``, ``trust.toml`` and the training PKI in
``pki``. It is copied first. The timestamp authority is that PKI's, in memory: what is measured is pkdocs alone.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from asn1crypto import tsp

from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.preserving import reseal, seal
from pkdocs.pki import open_services
from pkdocs.pki.timestamping import TimestampAuthority

T = TypeVar("T")


class Stamper:
    """The training authority at the moment ``at``."""

    def __init__(self, authority: TimestampAuthority, at: datetime) -> None:
        self.authority = authority
        self.at = at

    def stamp_root(self, digest: bytes, hashing: str) -> bytes:
        """Return a token over ``digest``."""
        imprint = {"hash_algorithm": {"algorithm": hashing}, "hashed_message": digest}
        request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
        token: bytes = tsp.TimeStampResp.load(self.authority.answer(request.dump(), at=self.at))[
            "time_stamp_token"
        ].dump()
        return token


def main() -> None:
    """Copy the city and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at", default="2026-01-23T09:00:00+07:00", help="when it is sealed (ISO 8601)")
    given = parser.parse_args()
    at = datetime.fromisoformat(given.at)
    with tempfile.TemporaryDirectory() as folder:
        city = Path(shutil.copytree(given.folder, Path(folder, "city")))
        measure(city, at)


def measure(city: Path, at: datetime) -> None:
    """Print one line for each job."""
    head, authority = city / "pk" / "register.pdf", open_services(city / "pki", at).timestamps
    judge(city, at, "verify, not sealed")
    done = timed("seal", lambda: seal(head, Stamper(authority, at), progress=quiet))
    print(f"  {len(done.made)} records, {done.tokens} timestamps, {len(done.refused)} refused; {size(city)}")
    judge(city, at + timedelta(hours=1), "verify, sealed")
    timed("seal again", lambda: seal(head, Stamper(authority, at), progress=quiet))
    for years, hashing in ((1, None), (2, "sha512")):
        later = at + years * timedelta(days=365)
        renew = lambda later=later, hashing=hashing: reseal(  # noqa: E731
            head, Stamper(authority, later), at=later, progress=quiet, hashing=hashing
        )
        done = timed(f"reseal {hashing or ''}", renew)
        print(f"  {len(done.made)} records, {done.tokens} timestamps, {len(done.refused)} refused; {size(city)}")
    judge(city, at + timedelta(days=731), "verify, renewed twice")


def judge(city: Path, at: datetime, name: str) -> None:
    """Judge the city by its register."""
    means = Means(register=city / "pk" / "register.pdf")
    timed(name, lambda: verify([city / "pk"], city / "trust.toml", at=at, means=means, progress=quiet))


def timed(name: str, work: Callable[[], T]) -> T:
    """Do ``work`` and print how long it took."""
    begun, used = time.perf_counter(), time.process_time()
    result = work()
    print(f"{name}: {time.perf_counter() - begun:.1f} s, this process {time.process_time() - used:.1f} s", flush=True)
    return result


def size(city: Path) -> str:
    """Say how much the records take."""
    records = [file.stat().st_size for file in city.rglob("*.ers")]
    files = sum(file.stat().st_size for file in (city / "pk").rglob("*.pdf"))
    each = sum(records) / len(records) / 1e3
    return f"{sum(records) / 1e6:.1f} MB of records ({each:.1f} kB each) beside {files / 1e6:.0f} MB"


def quiet(_done: int, _total: int) -> None:
    """Show no progress."""


if __name__ == "__main__":
    main()
