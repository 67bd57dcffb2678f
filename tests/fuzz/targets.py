"""What is fed with spoilt input, and what must hold of each reader: ``Violation`` where it does not."""

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography import x509

from pkdocs.chain import Exhibit, judge_set
from pkdocs.content import parse_content
from pkdocs.errors import TrustError, UsageError, WorkbookError
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.inspection import Basis, inspect_file
from pkdocs.pipeline.sources import Source, SourceError, find_sources
from pkdocs.register import LIST_NAME, examine_head, is_head, judge_head, open_account, parse_lines, render_lines
from pkdocs.register.head import parse_head
from pkdocs.schema import NewerSchemaError, SchemaError
from pkdocs.trust import read_trust, render_trust
from pkdocs.verification import Finding, Issue, Result, Vouched, examine_pdf
from pkdocs.verification.attestation import Beginnings, RecordError, read_record
from pkdocs.verification.evidence import Library, Statement
from pkdocs.verification.foreign import inspect_foreign, judge_identities
from pkdocs.verification.inspection import Integrity
from pkdocs.verification.token import Token, TokenError, read_token, read_whole
from pkdocs.vouched import examine_listed
from pkdocs.workbook import read_workbook
from tests.city import ignore
from tests.factory import HEAD
from tests.fuzz.seeds import CHAIN, LATER, STAMPED_BYTES, all_seeds, exhibits, head, pinned
from tests.fuzz.spoil import ANY, Spoiler
from tests.fuzz.spoil_der import spoil_der
from tests.fuzz.spoil_pdf import PDF
from tests.fuzz.spoil_text import TEXT
from tests.fuzz.spoil_zip import ZIP
from tests.signed import authorities, credential, signed, training_trust
from tests.verification.extend import lists


class Violation(Exception):  # noqa: N818  # no error of the program that is run
    """Something passed that must not, or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: ``run`` returns what tells inputs apart, so that what shows something new is spoilt further."""

    name: str
    kind: str
    spoilers: list[Spoiler]
    run: Callable[[bytes], Hashable]
    share: int
    """How often it has its turn."""


def _codes(findings: Iterable[Finding]) -> Hashable:
    return frozenset((one.code, str(dict(one.params).get("kind", ""))) for one in findings)


# agreements and heads: what passes begins as a valid file does, byte by byte up to the end of its last signature


def _beginning(pdf: bytes, ends: Iterable[int]) -> bytes:
    return hashlib.sha256(pdf[: max(ends, default=0)]).digest()


@cache
def _agreements() -> frozenset[bytes]:
    known = (*all_seeds()["agreement"], *map(signed, CHAIN))
    return frozenset(_beginning(pdf, (one.end for one in examine_pdf(pdf).signatures)) for pdf in known)


@cache
def _heads() -> frozenset[bytes]:
    return frozenset(_beginning(pdf, (one.end for one in examine_head(pdf).signatures)) for pdf in all_seeds()["head"])


def agreement(pdf: bytes) -> Hashable:
    """Examine and judge an agreement as the last of its chain."""
    facts = examine_pdf(pdf)
    judged = judge_set((*exhibits(), Exhibit("spoilt.pdf", facts)), training_trust(), None, at=LATER)
    verdict = next(one for one in judged.agreements if one.file == "spoilt.pdf")
    if verdict.own is Result.PASSED and _beginning(pdf, (one.end for one in facts.signatures)) not in _agreements():
        raise Violation("a changed agreement passes")
    return _codes(verdict.findings)


@cache
def _vouched() -> Vouched:
    found = [examine_pdf(pdf) for pdf in all_seeds()["agreement"]]
    return Vouched({str(one.issue_digest): Issue(str(one.content_digest), one.issue_length) for one in found})


def listed(pdf: bytes) -> Hashable:
    """Examine an agreement that a register lists the quick way, which must say what the long way says, or nothing."""
    quick = examine_listed(pdf, _vouched())
    if quick is None:
        return None
    long = examine_pdf(pdf, _vouched())
    if replace(quick, findings=()) != replace(long, findings=()) or set(quick.findings) != set(long.findings):
        raise Violation("the quick way says something else")
    return _codes(quick.findings), len(quick.revisions)


def a_head(pdf: bytes) -> Hashable:
    """Examine and judge a head of the register, and open the list with it."""
    facts = examine_head(pdf)
    verdict = judge_head(facts, pinned(), LATER)
    if verdict.believed and (
        verdict.head != head() or _beginning(pdf, (s.end for s in facts.signatures)) not in _heads()
    ):
        raise Violation("a changed head is believed")
    open_account(verdict.head if verdict.believed else None, verdict.findings, all_seeds()["list"][0])
    return is_head(pdf), _codes(verdict.findings)


# PDFs of others: what an intact signature covers is what was signed

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")


def _covered(pdf: bytes, end: int) -> Iterator[bytes]:
    for found in _RANGE.finditer(pdf):
        first, length, second, rest = map(int, found.groups())
        if first == 0 and second + rest == end:
            yield hashlib.sha256(pdf[:length] + pdf[second:end]).digest()


@cache
def _foreign() -> frozenset[bytes]:
    known = (*all_seeds()["foreign"], *all_seeds()["agreement"])
    ends = ((pdf, int(found[3]) + int(found[4])) for pdf in known for found in _RANGE.finditer(pdf))
    return frozenset(digest for pdf, end in ends for digest in _covered(pdf, end))


def foreign(pdf: bytes) -> Hashable:
    """Inspect any PDF, with and without trust."""
    inspection = inspect_foreign(pdf)
    for one in inspection.signatures:
        if one.integrity is Integrity.INTACT and not _foreign() & set(_covered(pdf, one.end)):
            raise Violation("other bytes than those signed are intact")
    judged = judge_identities(inspection, training_trust(), LATER)
    if judged.integrity is not inspection.integrity:
        raise Violation("integrity depends on trust")
    return inspection.integrity, _codes(inspection.reasons)


def inspected(pdf: bytes) -> Hashable:
    """Inspect a file of any kind on disk."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        found = inspect_file(Source.of(Path(file.name)), Basis(training_trust(), LATER))
    return found.integrity, _codes(found.reasons)


# other readers


def a_list(data: bytes) -> Hashable:
    """Read a list; what is read is written the same."""
    try:
        lines = parse_lines(data)
    except (SchemaError, NewerSchemaError) as fault:
        return re.sub(r"\d+|'[^']*'", "", str(fault))[:60]
    if render_lines(lines) != data:
        raise Violation("a list that is not canonical is read")
    return len(lines)


def trust(data: bytes) -> Hashable:
    """Read a trust file; what is read says the same when it is written and read again."""
    try:
        found = read_trust(data)
    except TrustError as fault:
        return fault.code, str(fault.params.get("field", ""))[:40]
    again = read_trust(render_trust(found))
    if (again.anchors, again.crls, again.registrars) != (found.anchors, found.crls, found.registrars):
        raise Violation("a trust file is read otherwise once it is written")
    judge_set(exhibits(), found, None, at=LATER)
    return len(found.anchors)


def canonical(data: bytes) -> Hashable:
    """Read the content of an agreement and of a head."""
    told = []
    for parse in (parse_content, parse_head):
        try:
            value = parse(data)
        except SchemaError as fault:
            told.append(re.sub(r"\d+|'[^']*'", "", str(fault))[:60])
        else:
            if (value.canonical) != data:
                raise Violation("content that is not canonical is read")
            told.append(type(value).__name__)
    return tuple(told)


def workbook(data: bytes) -> Hashable:
    """Read a workbook."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        try:
            found = read_workbook(Path(file.name))
        except WorkbookError as fault:
            return fault.code
    return frozenset(problem.code for problem in found.problems)


def _hashed(algorithm: str) -> bytes:
    return hashlib.new(algorithm, STAMPED_BYTES).digest()


@cache
def _token() -> Token:
    return read_whole(all_seeds()["token"][0], _hashed)


def a_token(data: bytes) -> Hashable:
    """Read a token; the quick way says what the whole one says, and only the valid one is valid."""
    told: list[Hashable] = []
    for read in (read_whole, read_token, read_token):
        try:
            found = read(data, _hashed)
        except TokenError as fault:
            told.append((fault.code, str(fault.params.get("what", ""))[:40]))
        else:
            told.append(found)
            if (found.time, found.accuracy, found.nonce) != (_token().time, _token().accuracy, _token().nonce):
                raise Violation("a changed token is read")
    if len(set(told)) > 1:
        raise Violation(f"the two ways disagree: {told}")
    return told[0]


@cache
def _renewals() -> frozenset[datetime]:
    read = (read_record(data, "x.ers", Beginnings.of(STAMPED_BYTES)) for data in all_seeds()["record"])
    return frozenset(token.time for one in read for chain in one.chains for token in chain.tokens)


def a_record(data: bytes) -> Hashable:
    """Read an evidence record; what it proves is of the times of the valid ones."""
    try:
        found = read_record(data, "x.ers", Beginnings.of(STAMPED_BYTES))
    except RecordError as fault:
        return fault.code, str(fault.params)[:60]
    if not {token.time for chain in found.chains for token in chain.tokens} <= _renewals():
        raise Violation("a changed record proves another time")
    return len(found.chains)


@cache
def _statements() -> frozenset[Statement | None]:
    read = (_stated(data) for data in (*lists(), *all_seeds()["answer"]))
    return frozenset(one for found in read for one in found)


def _stated(data: bytes) -> list[Statement | None]:
    certificate, issuer = credential(HEAD)[1], authorities()[1].certificate
    return [Library().by_list(data, certificate, issuer), *Library().by_answer(data, certificate, issuer)]


def evidence(data: bytes) -> Hashable:
    """Read a revocation list or an OCSP answer; what it states is what the valid ones state."""
    found = _stated(data)
    if not set(found) <= _statements() | {None}:
        raise Violation("a changed list or answer states something else")
    return tuple(map(repr, found))


def certificate(data: bytes) -> Hashable:
    """Judge the last agreement under a spoilt anchor."""
    try:
        x509.load_der_x509_certificate(data)
    except ValueError:
        return None
    base = training_trust()
    anchored = replace(base, anchors=(replace(base.anchors[0], certificate=data),))
    judged = judge_set((*exhibits(),), anchored, None, at=LATER)
    return _codes(finding for one in judged.agreements for finding in one.findings)


def an_archive(data: bytes) -> Hashable:
    """Read an archive; another reader finds the same entries with the same bytes in whatever is not refused."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(data)
        file.flush()
        sources = find_sources([Path(file.name)])
        told: dict[str, bytes | str] = {}
        for source in sources:
            try:
                told[source.name.removeprefix(file.name).removeprefix("/")] = source.read()
            except SourceError as fault:
                told[source.name.removeprefix(file.name).removeprefix("/")] = fault.refusal.code
        if any(isinstance(found, bytes) for found in told.values()):
            _agree(told, Path(file.name))
    return frozenset(found if isinstance(found, str) else "read" for found in told.values())


def _agree(told: dict[str, bytes | str], path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name, found in told.items():
            if isinstance(found, bytes) and name.isascii() and archive.read(name) != found:
                raise Violation("two readers find different bytes under one name")
        names = [name for name in archive.namelist() if name.lower().endswith(".pdf") and name.isascii()]
        hidden = [name for name in names if any(part.startswith(".") for part in name.split("/"))]
        if set(names) - set(hidden) != {name for name in told if name.lower().endswith(".pdf") and name.isascii()}:
            raise Violation("two readers find different entries")


# everything together


@cache
def _folder() -> dict[str, bytes]:
    chain = {f"unit/{one.id}.pdf": signed(one) for one in CHAIN}
    register = {"register.pdf": all_seeds()["head"][0], LIST_NAME: all_seeds()["list"][0]}
    return {**chain, **register, "trust.toml": render_trust(pinned())}


def _whole(place: str) -> Callable[[bytes], Hashable]:
    def run(data: bytes) -> Hashable:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for file, valid in _folder().items():
                (folder / file).parent.mkdir(exist_ok=True)
                (folder / file).write_bytes(data if file == place else valid)
            means = Means(register=folder / "register.pdf", jobs=1)
            try:
                judged = verify([folder / "unit"], folder / "trust.toml", at=LATER, means=means, progress=ignore)
            except TrustError as fault:
                return fault.code
        if len(judged.agreements) != len(CHAIN):
            raise Violation("a file is not counted")
        passed = [one for one in judged.agreements if one.own is Result.PASSED]
        if place.startswith("unit") and len(passed) == len(CHAIN):
            agreement(data)
        return judged.result, _codes((*judged.findings, *(f for one in judged.agreements for f in one.findings)))

    return run


def archived(data: bytes) -> Hashable:
    """Verify an archive; only what is exactly an agreement of the chain passes."""
    with tempfile.TemporaryDirectory() as name:
        place, trusted = Path(name, "a.zip"), Path(name, "trust.toml")
        place.write_bytes(data)
        trusted.write_bytes(_folder()["trust.toml"])
        try:
            judged = verify([place], trusted, at=LATER, means=Means(jobs=1), progress=ignore)
        except UsageError as fault:
            # nothing but heads or lists of bundles
            return fault.code
    passed = [one.sha256 for one in judged.agreements if one.own is Result.PASSED]
    if not judged.agreements or not set(passed) <= {hashlib.sha256(signed(one)).hexdigest() for one in CHAIN}:
        raise Violation("a changed agreement passes in an archive, or nothing is counted")
    return len(passed), _codes(finding for one in judged.agreements for finding in one.findings)


TARGETS = [
    Target("agreement", "agreement", PDF, agreement, 30),
    Target("listed", "agreement", PDF, listed, 12),
    Target("foreign", "foreign", PDF, foreign, 30),
    Target("agreement as foreign", "agreement", PDF, foreign, 4),
    Target("inspected", "foreign", PDF, inspected, 3),
    Target("head", "head", PDF, a_head, 12),
    Target("list", "list", TEXT, a_list, 6),
    Target("trust", "trust", TEXT, trust, 4),
    Target("canonical", "canonical", TEXT, canonical, 4),
    Target("workbook", "workbook", ZIP, workbook, 8),
    Target("archive", "archive", ZIP, an_archive, 8),
    Target("token", "token", [*ANY, *[spoil_der] * 20], a_token, 6),
    Target("revocation list", "revocation list", [*ANY, *[spoil_der] * 20], evidence, 4),
    Target("record", "record", [*ANY, *[spoil_der] * 20], a_record, 5),
    Target("answer", "answer", [*ANY, *[spoil_der] * 20], evidence, 4),
    Target("certificate", "certificate", [*ANY, *[spoil_der] * 20], certificate, 2),
    Target("verify: archive", "archive", ZIP, archived, 2),
    Target("verify: agreement", "agreement", PDF, _whole(f"unit/{CHAIN[2].id}.pdf"), 2),
    Target("verify: head", "head", PDF, _whole("register.pdf"), 1),
    Target("verify: list", "list", TEXT, _whole(LIST_NAME), 1),
    Target("verify: trust", "trust", TEXT, _whole("trust.toml"), 1),
]
