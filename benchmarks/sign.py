"""Two signatures on an agreement against the least that they can cost and against pyHanko, processor time, in one run.

Usage: python benchmarks/sign.py [AGREEMENTS [ROUNDS]]

The floor reads a file, hashes it, makes two raw signatures and writes it. Ours reads it, signs it twice, adds what the
level asks for and writes it. pyHanko does the same with its writer, tuned (``reference.py``). Timestamps, checked, and
validation data are at hand for all. *Reading* is ours that asks the file before each step how far it has come.
With a PKCS #11 module, ours is compared with the raw signatures of the token alone too.
"""

import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice, product
from pathlib import Path
from typing import Final
from unittest.mock import patch

from parties import AT, MODULE, Agreement, Person, Place, agreements, soft_tokens, unlocked
from reference import Reference

from pkdocs.content import Content, Role
from pkdocs.outcome import demand
from pkdocs.pki.authority import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import Keyed, Level, Signatory, Signature, SignedForm, Signer, demand_turn, make_task, read_known
from pkdocs.signing import pkcs11 as tokens
from pkdocs.signing.augmentation import draft, fill_all, find_lack
from pkdocs.signing.holder import Hash
from pkdocs.signing.preserved import preserve_known
from pkdocs.signing.timestamp import read_stamped
from pkdocs.verification import examine_pdf
from pkdocs.verification.token import read_token

ONE_PIN: Final = 500
"""How many agreements are signed with a PIN that is given once."""

Way = Callable[[Agreement, Path], object]


def floor(signers: Sequence[Signer], agreement: Agreement, out: Path) -> None:
    """Read, hash, two raw signatures, write."""
    data = agreement.file.read_bytes()
    digest = hashlib.sha256(data).digest()
    for signer in signers:
        signer.sign_raw([digest])
    out.write_bytes(data)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is the same for all: the level, where timestamps and validation data come from, who signs."""

    level: Level
    place: Place
    holders: Sequence[Keyed]


def batch_of(level: Level, place: Place, signers: Sequence[Signer]) -> Batch:
    """Return a batch with the keys of ``signers``."""
    return Batch(level, place, [Keyed(signer, place.stamper if level.is_stamped else None) for signer in signers])


def ours(batch: Batch, agreement: Agreement, out: Path) -> None:
    """Read, sign as both parties, bring up, write; that it is their turn has been asked before."""
    data = agreement.file.read_bytes()
    hashed = hashlib.sha256(data)
    made = []
    for role, holder in zip(Role, batch.holders, strict=True):
        data = appended(data, hashed, agreement.content, role, holder)
        made.append(Signature(role, holder.person, holder.certificate, len(data)))
    form = SignedForm(agreement.content, tuple(made), agreement.issue_digest)
    out.write_bytes(brought_up(data, form, batch))


def ours_with_reading(batch: Batch, agreement: Agreement, out: Path) -> None:
    """Do the same, but ask before each step how far the file has come, and whose turn it is."""
    data = agreement.file.read_bytes()
    for role, holder in zip(Role, batch.holders, strict=True):
        known = read_known(data, agreement.issue_digest)
        assert known is not None  # noqa: S101  # else it would measure something else
        demand_turn(known.form, role, Signatory(holder.person, holder.certificate))
        data = appended(data, known.hashed, known.form.content, role, holder)
    known = read_known(data, agreement.issue_digest)
    assert known is not None  # noqa: S101  # as above
    out.write_bytes(brought_up(data, known.form, batch))


def appended(data: bytes, hashed: Hash, content: Content, role: Role, holder: Keyed) -> bytes:
    """Return ``data`` with a signature more, which ``hashed`` has then taken in."""
    party = content.party(role)
    assert party is not None  # noqa: S101  # all agreements here have two parties
    task = make_task(data, content, role, party, at=AT, zone=Zone.WIB, training=True, hashed=hashed)
    (outcome,) = holder.sign([task])
    signed = demand(outcome)
    hashed.update(memoryview(signed)[len(data) :])
    return signed


def brought_up(data: bytes, form: SignedForm, batch: Batch) -> bytes:
    """Return ``data``, signed as ``form`` says, with validation data and a document timestamp where the level asks."""
    if not batch.level.is_long:
        return data
    preserved = preserve_known(data, form)
    assert preserved is not None  # noqa: S101  # else it would measure something else
    gatherer, stamper = batch.place.gatherer, batch.place.stamper
    lack = find_lack(preserved, batch.level, gatherer, at=AT)
    (result,) = fill_all([draft(preserved, lack, gatherer, stamper, at=AT)], stamper)
    return result.pdf


def measured(
    ways: Mapping[str, Way], given: Sequence[Agreement], rounds: int, out: Path, aside: Callable[[], float]
) -> dict[str, float]:
    """Return for each way the milliseconds of an agreement: the best of all rounds, of these the median.

    In a round each way has all agreements, as in a batch, before it is the next one's turn. What has meanwhile been
    spent ``aside`` (seconds so far) does not count.
    """
    best: dict[tuple[str, Path], float] = {}
    for _ in range(rounds):
        for (name, way), agreement in product(ways.items(), given):
            started = time.process_time() - aside()
            way(agreement, out)
            took = (time.process_time() - aside() - started) * 1000
            best[name, agreement.file] = min(took, best.get((name, agreement.file), took))
    return {name: statistics.median(best[name, agreement.file] for agreement in given) for name in ways}


def row(what: str, took: Mapping[str, float], *ratios: tuple[str, str]) -> str:
    """Return a line: what was measured, milliseconds of each way, and ratios of two of them."""
    times = ", ".join(f"{name} {one:.2f}" for name, one in took.items())
    compared = ", ".join(f"{above} / {below} {took[above] / took[below]:.2f}" for above, below in ratios)
    return f"{what}: {times}; {compared}"


def rows(kind: KeyKind, given: Sequence[Agreement], rounds: int, folder: Path) -> Iterator[str]:
    """Yield what a pair of signatures takes with keys of that kind, at each level, in a file and in a token."""
    place = Place(kind)
    signers = [person.signer for person in place.persons]
    out = folder / "out.pdf"
    for level in Level:
        batch = batch_of(level, place, signers)
        ways: dict[str, Way] = {
            "floor": partial(floor, signers),
            "ours": partial(ours, batch),
            "reading": partial(ours_with_reading, batch),
            "pyHanko": Reference(place, level, [holder.size + 512 for holder in batch.holders]),
        }
        took = measured(ways, given, rounds, out, lambda: place.stamper.spent)
        ours(batch, given[0], out)
        took["examining the result"] = examining(out.read_bytes(), rounds)
        yield row(f"{kind} {level}", took, ("ours", "floor"), ("pyHanko", "ours"))
    yield f"{kind}: a timestamp that comes takes {checking(place, rounds):.2f} to check"
    if MODULE.exists():
        with soft_tokens(place.persons, Path(tempfile.mkdtemp(dir=folder))) as labels:
            yield token_row(place, labels, given, rounds, out)
            yield one_pin(place, labels[0], given)


def examining(pdf: bytes, rounds: int) -> float:
    """Return the milliseconds that verification takes to examine a file."""
    return quickest(partial(examine_pdf, pdf), rounds)


def checking(place: Place, rounds: int) -> float:
    """Return the milliseconds that it takes to check a token of an authority that has given some before."""
    return quickest(partial(read_token, place.stamper.token, lambda _algorithm: bytes(32)), 10 * rounds)


def quickest(work: Callable[[], object], rounds: int) -> float:
    """Return the milliseconds of processor time that ``work`` takes at best."""
    found = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found) * 1000


def token_row(place: Place, labels: Sequence[str], given: Sequence[Agreement], rounds: int, out: Path) -> str:
    """Return the same with keys in tokens, at level B, beside their raw signatures alone."""
    signers = [unlocked(label, person) for label, person in zip(labels, place.persons, strict=True)]
    ways: dict[str, Way] = {
        "raw": lambda _agreement, _out: [signer.sign_raw([bytes(32)]) for signer in signers],
        "floor": partial(floor, signers),
        "ours": partial(ours, batch_of(Level.B, place, signers)),
    }
    took = measured(ways, given, rounds, out, lambda: place.stamper.spent)
    took["ours without floor"] = took["ours"] - took["floor"]
    for signer in signers:
        signer.close()
    return row("with PKCS#11, b", took, ("ours", "raw"), ("floor", "raw"), ("ours", "floor"))


def one_pin(place: Place, label: str, given: Sequence[Agreement]) -> str:
    """Return what the first party's signatures on ``ONE_PIN`` agreements take, with one PIN, and how often it is asked.

    Each is read, signed and hashed; nothing is written.
    """
    person: Person = place.persons[0]
    signed = 0
    with patch.object(tokens, "_login", wraps=tokens._login) as logins:  # noqa: SLF001  # counts, changes nothing
        cpu, wall = time.process_time(), time.perf_counter()
        with unlocked(label, person) as signer:
            holder = Keyed(signer)
            for agreement in islice(cycle(given), ONE_PIN):
                data = agreement.file.read_bytes()
                appended(data, hashlib.sha256(data), agreement.content, Role.FIRST, holder)
                signed += 1
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return (
        f"with PKCS#11, one PIN: {signed} agreements signed, {logins.call_count} session with one login, "
        f"{cpu:.2f} s of processor time, {wall:.2f} s in all"
    )


def main(count: int = 12, rounds: int = 15) -> None:
    """Print the processor time of two signatures, of each way, in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = agreements(count, folder)
        size = statistics.median(agreement.file.stat().st_size for agreement in given) / 1000
        print(f"{len(given)} agreements of {size:.0f} kB, two signatures, milliseconds of processor time for each")
        for kind in KeyKind:
            for line in rows(kind, given, rounds, folder):
                read_stamped.cache_clear()
                print(line, flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
