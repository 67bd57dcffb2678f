"""Verifying agreements that the register lists, beside the least that it can cost, pyHanko and pdfsig, in one run.

Usage: python benchmarks/verify.py [AGREEMENTS [ROUNDS]]

Processor time of a file, in a run over all of them: each has a first party of its own, the second signs all. The
*floor* reads a file, hashes it once, and verifies what is no other file's: the raw signatures, their timestamps', the
document timestamp's, and that under the first party's certificate. *Quick* is what ``verify`` does with a file that the
register lists, from reading it to step 6; *strict* the same without a register that vouches for it, pages included.
pyHanko has one validation context for all, and nothing to fetch; pdfsig checks signatures alone.
"""

import asyncio
import hashlib
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

from asn1crypto.crl import CertificateList
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from parties import AT, Agreement, Place, agreements
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext
from sign import batch_of, ours

from pkdocs.chain import Exhibit
from pkdocs.chain.people import PeopleJudge, key_findings
from pkdocs.chain.tree import grow_forest
from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind
from pkdocs.register import AssignmentLine, Enrolled, Head, Register, TemplateLine, state_agreement
from pkdocs.register.head import SCHEMA, InForce, Keepers, Registrar, UnitCount
from pkdocs.register.lines import COMPARED_SCHEMA
from pkdocs.signing import Level
from pkdocs.trust import Trust
from pkdocs.verification import Facts, Finding, Result, examine_pdf, result_of
from pkdocs.vouched import examine_listed, vouched_by

T = TypeVar("T")

NOW: Final = AT + timedelta(days=3)
DAY: Final = date(2026, 1, 22)
SIGNATURES: Final = {Level.B: 2, Level.T: 4, Level.LT: 4, Level.LTA: 5}
"""Signatures in a file, timestamps' among them."""


@dataclass(frozen=True, slots=True)
class Run:
    """All that a run over the files of one kind of key and one level is given."""

    kind: KeyKind
    level: Level
    files: Sequence[Path]
    trust: Trust
    register: Register
    authorities: tuple[bytes, ...]


Work = Callable[[Path], object]
Way = Callable[[Run], Work]
"""What is at hand for all files of a run, and then done with each."""


def floor(run: Run) -> Work:
    """Read, hash, verify: as many raw signatures as are no other file's."""
    verify, count = raw_verification(run.kind), SIGNATURES[run.level] + 1

    def work(file: Path) -> None:
        hashlib.sha256(file.read_bytes()).digest()
        for _ in range(count):
            verify()

    return work


def raw_verification(kind: KeyKind) -> Callable[[], None]:
    """Return what verifies one signature with a key that is at hand."""
    key, data = kind.make_key(), bytes(150)
    if isinstance(key, rsa.RSAPrivateKey):
        made = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return partial(key.public_key().verify, made, data, padding.PKCS1v15(), hashes.SHA256())
    made = key.sign(data, ec.ECDSA(hashes.SHA256()))
    return partial(key.public_key().verify, made, data, ec.ECDSA(hashes.SHA256()))


def quick(run: Run) -> Work:
    """Examine as a file that the register lists, and judge up to step 6; nothing that weighs may be found."""
    vouched, people = vouched_by(run.register), PeopleJudge(run.trust, run.register, NOW)

    def work(file: Path) -> None:
        facts = examine_listed(file.read_bytes(), vouched)
        assert facts is not None  # noqa: S101  # else it would measure something else
        found = judged(facts, people)
        assert result_of(found) is Result.PASSED, found  # noqa: S101  # as above

    return work


def strict(run: Run) -> Work:
    """Do the same without what the register vouches for; the pages are of other persons, which they find out."""
    people = PeopleJudge(run.trust, run.register, NOW)
    return lambda file: judged(examine_pdf(file.read_bytes()), people)


def judged(facts: Facts, people: PeopleJudge) -> tuple[Finding, ...]:
    """Return what is found up to step 6."""
    (node,) = grow_forest([Exhibit("", facts)]).nodes
    signings = people.signings(node)
    return (*facts.findings, *people.findings(node, signings), *key_findings({node: signings})[node])


def by_pyhanko(run: Run) -> Work:
    """Validate all signatures and document timestamps, with pyHanko's own judgement of what was changed later.

    One validation context, with all that is to be known, is shared by all files.
    """
    known = [Certificate.load(one) for one in run.authorities]
    context = ValidationContext(
        trust_roots=known[-1:],
        other_certs=known,
        crls=[CertificateList.load(one) for one in run.trust.crls],
        moment=NOW,
        revocation_mode="require",
        allow_fetching=False,
    )
    loop = asyncio.new_event_loop()

    def work(file: Path) -> None:
        reader = PdfFileReader(BytesIO(file.read_bytes()))
        for signature in reader.embedded_regular_signatures:
            status = loop.run_until_complete(async_validate_pdf_signature(signature, context, context))
            assert status.bottom_line, status.pretty_print_details()  # noqa: S101  # else it would measure an error
        for stamp in reader.embedded_timestamp_signatures:
            found = loop.run_until_complete(async_validate_pdf_timestamp(stamp, context))
            assert found.valid and found.trusted, found  # noqa: PT018, S101  # as above

    return work


def pdfsig(_run: Run) -> Work:
    """Ask poppler, a process for each file, as it is used."""
    return lambda file: subprocess.run(["pdfsig", file], check=True, capture_output=True)


def measured(ways: Mapping[str, Way], run: Run, rounds: int) -> dict[str, float]:
    """Return for each way the milliseconds of a file: the best of all rounds, of these the median.

    Each round is a process that knows no file; the first quarter is what it warms up with.
    """
    found: dict[str, list[list[float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(apart(_timed, way, run))
    return {name: statistics.median(map(min, zip(*times, strict=True))) * 1000 for name, times in found.items()}


def apart(work: Callable[..., T], *given: object) -> T:
    """Return what ``work`` gives in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(work, given)


def _timed(way: Way, run: Run) -> list[float]:
    work = way(run)
    spent = []
    for file in run.files:
        started = _spent()
        work(file)
        spent.append(_spent() - started)
    return spent[len(spent) // 4 :]


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


def runs(kind: KeyKind, given: Sequence[Agreement], persons: Sequence[str], folder: Path) -> Iterator[Run]:
    """Yield the files signed with keys of that kind, level by level."""
    place = Place(kind)
    second = place.persons[1]
    firsts = {person: place.enrol(person) for person in persons}
    for level in Level:
        files, facts = [], []
        for agreement in given:
            first = firsts[agreement.content.parties.first.person]
            files.append(folder / f"{agreement.file.stem}-{kind}-{level}.pdf")
            ours(batch_of(level, place, [first.signer, second.signer]), agreement, files[-1])
            facts.append(apart(examine_pdf, files[-1].read_bytes()))
        yield Run(kind, level, files, place.trust, register_of(facts), (place.timestamping, *place.above))


def register_of(facts: Sequence[Facts]) -> Register:
    """Return a register that lists files with these facts, their parties, and whose their certificates are."""
    keepers = Keepers((Registrar("C" * 16, "Citra", "Inspektorat", "0" * 64),), 1)
    lines, size = [TemplateLine(DAY, "umum", "0" * 64)], 0
    owners = {}
    for one in facts:
        content = one.content
        assert content is not None  # noqa: S101  # our own
        for role in Role:
            party, signature = content.party(role), one.signature(role)
            assert party is not None and signature is not None and signature.certificate is not None  # noqa: S101, PT018
            owners[signature.certificate] = party.person
            lines.append(AssignmentLine(DAY, party.person, party.position, party.status))
        stated = state_agreement(content, one, owners, DAY)
        lines.append(replace(stated, compared=True, schema=COMPARED_SCHEMA))
    lines += [Enrolled(person, certificate, "pki-uji").line(DAY) for certificate, person in owners.items()]
    size = len(lines)
    head = Head(
        SCHEMA,
        facts[0].content.organisation,
        2026,
        1,
        "uji",
        "WALIKOTA",
        DAY,
        DAY,
        size,
        "0" * 64,
        keepers,
        (UnitCount("Dinas", len(facts), len(facts)),),
        in_force=InForce(size, "0" * 64, len(facts)),
    )
    return Register.of(head, dict.fromkeys(lines))


def row(run: Run, took: Mapping[str, float]) -> str:
    """Return a line: milliseconds of each way, and ratios."""
    times = ", ".join(f"{name} {one:.2f}" for name, one in took.items())
    beside = ", ".join(
        f"{name} / quick {one / took['quick']:.1f}" for name, one in took.items() if name not in {"floor", "quick"}
    )
    return f"{run.kind} {run.level}: {times}; quick / floor {took['quick'] / took['floor']:.2f}, {beside}"


def main(count: int = 40, rounds: int = 8) -> None:
    """Print the processor time of verifying a file, of each way, in milliseconds."""
    persons = [b32encode(f"first{number:05}".encode()).decode("ascii") for number in range(count)]
    ways: dict[str, Way] = {"floor": floor, "quick": quick, "strict": strict, "pyHanko": by_pyhanko, "pdfsig": pdfsig}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = agreements(count, folder, persons)
        print(f"{len(given)} agreements, two signatures, milliseconds of processor time for each")
        for kind in KeyKind:
            for run in runs(kind, given, persons, folder):
                print(row(run, measured(ways, run, rounds)), flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
