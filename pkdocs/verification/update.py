"""One later revision beside the objects that were there before it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeGuard

from pkdocs.verification.finding import Finding, Signatory, Step, Sub, Weight
from pkdocs.verification.layout import Revision
from pkdocs.verification.syntax import Ref, Value, references

_MAX_NAMED: Final = 5


class Update:
    """A revision being accounted for.

    ``before`` are the objects as they were. Whoever recognises a change explains its objects; what nobody has
    explained in the end must not be there. ``findings`` are what is wrong, about ``role`` where it is one's.
    """

    def __init__(self, index: int, revision: Revision, before: Mapping[int, Value]) -> None:
        self.index = index
        self.revision = revision
        self.before = before
        self.role: Signatory | None = None
        self.holder = ""
        self.explained: set[int] = set()
        self.findings: list[Finding] = []

    @property
    def changed(self) -> set[int]:
        """The objects that were there and are written again."""
        return set(self.revision.objects.keys() & self.before.keys())

    @property
    def added(self) -> set[int]:
        """The objects that were not there."""
        return set(self.revision.objects.keys() - self.before.keys())

    def old(self, value: Value) -> Value:
        """Return what ``value`` refers to, or itself, as it was before."""
        return self.before.get(value.number) if isinstance(value, Ref) else value

    def new(self, value: Value) -> Value:
        """Return what ``value`` refers to, or itself, as it is now."""
        if not isinstance(value, Ref):
            return value
        return self.revision.objects.get(value.number, self.before.get(value.number))

    def is_added(self, value: Value) -> TypeGuard[Ref]:
        """Tell whether ``value`` refers to an object that was not there."""
        return isinstance(value, Ref) and value.number in self.revision.objects and value.number not in self.before

    def explain(self, *values: Value) -> None:
        """Account for the objects that ``values`` refer to, as far as they are of this revision."""
        self.explained.update(value.number for value in values if isinstance(value, Ref))

    def explain_place(self, old: Value, new: Value) -> None:
        """Account for the object at one place: an added one, or the one that was there, but none from elsewhere."""
        if self.is_added(new) or old == new:
            self.explain(new)

    def reached(self, *values: Value) -> set[int]:
        """Return the objects of this revision that ``values`` lead to through objects of this revision."""
        reached: set[int] = set()
        pending = [reference.number for reference in references(list(values))]
        while pending:
            number = pending.pop()
            if number in self.revision.objects and number not in reached:
                reached.add(number)
                pending.extend(reference.number for reference in self.revision.parts[number].references)
        return reached

    def note(self, code: str, **params: str | int) -> None:
        """Add a failure of step 3 that names this revision."""
        named = {"revision": self.index + 1, **params}
        self.findings.append(
            Finding.of(
                code,
                Step.REVISIONS,
                Weight.FAIL,
                named,
                role=self.role,
                sub=Sub.FORMAT_FAILURE,
                holder=self.holder,
            )
        )

    def note_objects(self, code: str, numbers: Iterable[int]) -> None:
        """Add a failure that names the objects; none if there are none."""
        ordered = sorted(numbers)
        if ordered:
            self.note(code, objects=", ".join(map(str, ordered[:_MAX_NAMED])), count=len(ordered))


def entries_of(value: Value) -> dict[str, Any]:
    """Return ``value`` if it is a dictionary, else an empty one."""
    return value if isinstance(value, dict) else {}


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Return the keys whose values are not the same in both."""
    return {key for key in old.keys() | new.keys() if key not in old or key not in new or old[key] != new[key]}
