"""What stands in a folder although the workbook has moved on: signed versions, and what they name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Final, NoReturn

from pkdocs.cascade import Agreement, Cascade
from pkdocs.content import Content, Reference
from pkdocs.errors import ConflictError
from pkdocs.index import Entry
from pkdocs.pipeline.shelf import Found, Shelf, entry_of
from pkdocs.roster import Roster

_NAMED: Final = 10

_CHANGES: Final[Mapping[str, str]] = {
    "goals": "CHANGED_GOALS",
    "budget": "CHANGED_BUDGET",
    "plans": "CHANGED_PLANS",
    "parties": "CHANGED_PARTIES",
    "position": "CHANGED_POSITION",
    "dated": "CHANGED_DATE",
    "first_day": "CHANGED_DAYS",
    "last_day": "CHANGED_DAYS",
    "amendment": "CHANGED_AMENDMENT",
}
"""Of several changes the first one here is named; what is not here stands in the sheet ``Profil``."""


def bound_contents(shelf: Shelf) -> Mapping[str, Content]:
    """Return by id the contents that somebody has signed, and all that these name, be it unsigned.

    Only what the index says was made here: another content under a known id binds nobody.
    """
    bound: dict[str, Content] = {}
    for identity, digest in shelf.digests.items():
        found = shelf.look(identity)
        if found and found.content and found.content.digest == digest:
            bound[found.content.id] = found.content
    waiting = [reference for content in bound.values() for reference in _references(content)]
    while waiting:
        reference = waiting.pop()
        if reference.id in bound or shelf.digests.get(reference.id.casefold()) != reference.digest:
            continue
        content = shelf.issued(reference.id)
        if content and content.digest == reference.digest:
            bound[reference.id] = content
            waiting += _references(content)
    return bound


def _references(content: Content) -> Iterator[Reference]:
    if content.parent:
        yield content.parent
    if content.amendment:
        yield content.amendment.supersedes


def former_contents(bound: Mapping[str, Content], roster: Roster, made: Collection[str]) -> Mapping[str, Content]:
    """Return those of ``bound`` that the workbook makes no more because they ended or later versions follow.

    It still has their position, with that version or a later one. ``made`` are the ids, without case, of all that
    it makes or that errors stop.
    """
    latest: dict[str, int] = defaultdict(int)
    for row in roster.assignments:
        latest[row.key.casefold()] = max(row.version, latest[row.key.casefold()])
    return {
        identity: content
        for identity, content in bound.items()
        if identity.casefold() not in made and content.version <= latest[content.position.key.casefold()]
    }


def former_entries(shelf: Shelf, former: Mapping[str, Content]) -> Iterator[Entry]:
    """Yield what is known of those agreements of ``former`` that somebody has signed, with their files.

    Whose signature is still awaited may give it. One that nobody has signed is not among them: it stays unsigned.
    """
    for identity, content in former.items():
        found = shelf.look(identity)
        if found and found.content:
            known = shelf.entry(identity) or entry_of(content, template="")
            yield replace(known, pdf=found.path, issue_digest=found.issue_digest)


def with_named(chosen: Iterable[Agreement], cascade: Cascade) -> tuple[Agreement, ...]:
    """Return ``chosen`` and all that their contents name: parents and earlier versions, in the cascade's order."""
    by_id = {agreement.id: agreement for agreement in cascade.agreements}
    waiting = [agreement.id for agreement in chosen]
    named: set[str] = set()
    while waiting:
        identity = waiting.pop()
        if identity in by_id and identity not in named:
            named.add(identity)
            waiting += [above for above in (by_id[identity].parent, by_id[identity].supersedes) if above]
    return tuple(agreement for agreement in cascade.agreements if agreement.id in named)


def refuse_changes(disputed: Sequence[tuple[Found, Content]]) -> NoReturn:
    """Stop because signed files would have to change; each with the content that the workbook asks for.

    Raises:
        ConflictError: names them, and of the first what changed.
    """
    (found, content), *_ = disputed
    raise ConflictError(
        "SIGNED_WOULD_CHANGE",
        ids=", ".join(wanted.id for _, wanted in disputed[:_NAMED]),
        count=len(disputed),
        change=ConflictError(_change(found.content, content)),
    )


def _change(kept: Content | None, content: Content) -> str:
    if kept is None:
        return "CHANGED_FILE"
    changed = {entry.name for entry in fields(Content) if getattr(kept, entry.name) != getattr(content, entry.name)}
    if changed == {"parent"}:
        return "CHANGED_PARENT"
    return next((code for name, code in _CHANGES.items() if name in changed), "CHANGED_PROFILE")
