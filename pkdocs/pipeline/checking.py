"""Read a workbook and say everything that is wrong with it."""

import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pkdocs.cascade import Cascade, build_cascade, reference_problems
from pkdocs.errors import WorkbookError
from pkdocs.problem import Problem, Severity
from pkdocs.profile import Profile
from pkdocs.review import review
from pkdocs.workbook import Workbook, read_workbook


@dataclass(frozen=True, slots=True)
class Checked:
    """A workbook that could be read, the cascade that it gives, and every problem in the order of its places."""

    workbook: Workbook
    cascade: Cascade
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What stops agreements."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many problems there are of each severity."""
        found = Counter(problem.severity for problem in self.problems)
        return {str(severity): found[severity] for severity in Severity}

    @property
    def profile(self) -> Profile:
        """The local government's choices.

        Raises:
            WorkbookError: sheet ``Profil`` is not complete enough to make any agreement.
        """
        if self.workbook.profile is None:
            raise WorkbookError("WORKBOOK_HAS_ERRORS", errors=len(self.errors))
        return self.workbook.profile


def check(source: Path) -> Checked:
    """Return everything that can be said about the workbook at ``source``.

    Raises:
        WorkbookError: nothing can be read at all.
    """
    with _collector_paused():
        return _check(source)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Spare the search for circles of references: reading makes none, and the search grows with all that it keeps."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check(source: Path) -> Checked:
    workbook = read_workbook(source)
    problems = list(workbook.problems)
    cascade = Cascade()
    if workbook.profile is None:
        problems += reference_problems(workbook.roster, workbook.plan)
    else:
        touched = frozenset[str]().union(*(entry.touches for entry in problems if entry.severity is Severity.ERROR))
        cascade = build_cascade(workbook.profile, workbook.roster, workbook.plan, touched=touched)
        problems += [*cascade.problems, *review(workbook.profile, cascade, workbook.plan)]
    return Checked(workbook, cascade, tuple(sorted(problems, key=_place)))


def demand_no_errors(checked: Checked) -> None:
    """Pass a workbook that has no errors.

    Raises:
        WorkbookError: it has some.
    """
    if checked.errors:
        raise WorkbookError("WORKBOOK_HAS_ERRORS", errors=len(checked.errors))


_SHEETS = ("Profil", "Pejabat", "Indikator", "Anggaran")


def _place(problem: Problem) -> tuple[str, int, str, int]:
    place = problem.place
    rank = _SHEETS.index(place.sheet) if place.sheet in _SHEETS else len(_SHEETS)
    return place.file or "", rank, place.sheet or "", place.row or 0
