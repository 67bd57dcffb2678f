"""What a head and its list are worth together: the register that judging may believe, or why there is none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pkdocs.register.book import Register
from pkdocs.register.head import Head
from pkdocs.register.lines import Line, parse_lines
from pkdocs.register.making import lines_in_force
from pkdocs.register.merkle import merkle_root
from pkdocs.schema import NewerSchemaError, SchemaError
from pkdocs.verification import Finding, Step, Weight, find
from pkdocs.verification.basis import Basis

_QUOTED: Final = 120


@dataclass(frozen=True, slots=True)
class Account:
    """``register`` is None unless head and list are believed; ``findings`` are those of the set, and say why.

    ``sources`` are the files that were read for it.
    """

    register: Register | None
    findings: tuple[Finding, ...]
    sources: tuple[Basis, ...] = ()


def open_account(believed: Head | None, wrong: Iterable[Finding], data: bytes | None) -> Account:
    """Return what a head (None: not believed) and the bytes of its list (None: absent) are worth.

    ``wrong`` are the findings of the head. A list that is longer than its head says is believed up to there.
    """
    if believed is None:
        return Account(None, tuple(wrong))
    register, found = _open_list(believed, data)
    return Account(register, (*wrong, *found))


def _open_list(head: Head, data: bytes | None) -> tuple[Register | None, tuple[Finding, ...]]:
    if data is None:
        return None, (find("LIST_ABSENT", Step.SET, Weight.UNKNOWN),)
    try:
        lines = parse_lines(data)
    except NewerSchemaError as fault:
        return None, (find("LIST_NEWER", Step.SET, Weight.UNKNOWN, found=fault.found, known=fault.known),)
    except SchemaError as fault:
        return None, (_fail("LIST_UNREADABLE", why=str(fault)[:_QUOTED]),)
    if contradiction := _contradiction(head, lines, data):
        return None, (contradiction,)
    ahead = len(lines) - head.size
    found = (find("LIST_AHEAD", Step.SET, Weight.WARNING, count=ahead),) if ahead else ()
    return Register.of(head, lines[: head.size]), found


def _contradiction(head: Head, lines: tuple[Line, ...], data: bytes) -> Finding | None:
    if len(lines) < head.size:
        return _fail("LIST_CUT", found=len(lines), size=head.size)
    if not _has_root(data, head):
        return _fail("LIST_OTHER", size=head.size)
    entered = lines[head.size - 1].entered
    if entered > head.dated:
        return _fail("LIST_LATER", entered=entered.isoformat())
    return None if _holds(head, lines[: head.size], data) else _fail("LIST_IN_FORCE", version=head.version)


def _holds(head: Head, lines: tuple[Line, ...], data: bytes) -> bool:
    """Tell whether the lines in force are those that the head signs; one of the earlier schema says nothing of them."""
    if head.in_force is None:
        return True
    try:
        return lines_in_force(lines, data.split(b"\n", head.size)) == head.in_force
    except SchemaError:
        # none of them is in force
        return False


def _has_root(data: bytes, head: Head) -> bool:
    return merkle_root(data.split(b"\n", head.size)[: head.size]).hex() == head.root_hash


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.SET, Weight.FAIL, params)


def compare_heads(named: Head, others: Sequence[Head]) -> Iterator[Finding]:
    """Yield what other believed heads of the same register say against ``named``.

    Two heads of one version, a newer one, one that does not name the one before, and one that skips versions.
    """
    heads = _of_register(named, (named, *others))
    for head in heads.values():
        rivals = [one for one in heads.values() if one.version == head.version and one is not head]
        if rivals:
            yield _fail("HEAD_TWICE", version=head.version)
        elif head.version > named.version:
            yield find("HEAD_NEWER", Step.SET, Weight.UNKNOWN, version=head.version, named=named.version)
        follower = next((one for one in heads.values() if one.version == head.version + 1), None)
        if follower is not None and follower.previous != head.digest:
            yield _fail("HEAD_UNLINKED", version=follower.version)
        before = heads.get(head.previous or "")
        if before is not None and before.version + 1 != head.version:
            yield _fail("HEAD_SKIPS", version=head.version, before=before.version)


def older_heads(named: Head, others: Iterable[Head]) -> tuple[Head, ...]:
    """Return those of ``others`` that are earlier versions of the same register."""
    return tuple(one for one in _of_register(named, others).values() if one.version < named.version)


def begins_list(head: Head, data: bytes | None) -> bool:
    """Tell whether the list ``data`` (None: absent) begins with the lines that ``head`` signs."""
    return data is not None and _has_root(data, head)


def rewritten_findings(older: Iterable[Head], data: bytes | None) -> Iterator[Finding]:
    """Yield that what an ``older`` head signs is no longer the beginning of the list ``data``."""
    for head in older:
        if not begins_list(head, data):
            yield _fail("LIST_REWRITTEN", version=head.version)


def _of_register(named: Head, heads: Iterable[Head]) -> dict[str, Head]:
    return {one.digest: one for one in heads if (one.organisation, one.year) == (named.organisation, named.year)}
