"""What is promised as less, or as something else, than before or above: for an auditor to ask about (step 8)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import takewhile
from typing import Final

from pkdocs.content import Content, Promise
from pkdocs.plan import Mode, Polarity, Target
from pkdocs.review import covers, is_weaker
from pkdocs.verification import Finding, Step, Weight
from pkdocs.workbook import scale_of

_PARTS: Final[Mapping[str, Callable[[Promise], str | None]]] = {
    "UNIT": lambda promise: promise.unit,
    "POLARITY": lambda promise: promise.polarity,
    "MODE": lambda promise: promise.mode,
    "DEFINITION": lambda promise: promise.definition,
}
"""What decides what a target means, beside its number."""


_WORDS: Final = {"UNIT": "Satuan", "POLARITY": "Polaritas", "MODE": "Mode", "DEFINITION": "Definisi"}
"""The workbook's own headings, in either language."""


def change_findings(promise: Promise, above: Promise) -> Iterator[Finding]:
    """Yield what differs between two indicators of one name, the lower and the upper."""
    if promise.text.casefold() != above.text.casefold():
        return
    for what in _changed(promise, above):
        own, other = _PARTS[what](promise), _PARTS[what](above)
        # below, the words that explain an indicator may be left to who is above
        if what == "DEFINITION" and not (own and other):
            continue
        yield _warn(
            f"INDICATOR_{what}_CHANGED",
            indicator=promise.code,
            parent=above.code,
            own=own or "-",
            other=other or "-",
        )


def amendment_findings(content: Content, base: Content) -> Iterator[Finding]:
    """Yield what a version asks less of than the one before it, or otherwise: each may be right, and needs a reason.

    A withdrawal promises nothing, and says so.
    """
    if content.is_withdrawal:
        return
    now = {promise.code: promise for promise in content.indicators}
    for before in base.indicators:
        promise = now.get(before.code)
        if promise is None:
            yield _warn("AMENDMENT_DROPPED", indicator=before.code, base=base.id)
            continue
        if changed := tuple(_changed(promise, before)):
            what = ", ".join(_WORDS[one] for one in changed)
            yield _warn("AMENDMENT_REDEFINED", indicator=promise.code, base=base.id, what=what)
        if is_softer(promise, before):
            targets = {"now": str(promise.target.target), "before": str(before.target.target)}
            yield _warn("AMENDMENT_SOFTER", indicator=promise.code, base=base.id, **targets)


def is_softer(promise: Promise, before: Promise) -> bool:
    """Tell whether the target asks for less than that of ``before``, in its direction.

    What is measured in another unit or direction cannot be compared so.
    """
    if (promise.unit, promise.polarity) != (before.unit, before.polarity):
        return False
    return is_weaker(promise.target.target, before.target.target, before.polarity, _scale(promise, before))


def _scale(promise: Promise, before: Promise) -> tuple[str, ...]:
    """Return the order of the categories of both; the workbook's own orders are in no content."""
    if before.polarity is not Polarity.CATEGORY:
        return ()
    return scale_of({}, before.unit or "", (promise.target.category or "", before.target.category or "")) or ()


def carried_findings(above: Promise, carriers: Iterable[Promise]) -> Iterator[Finding]:
    """Yield that those who carry the indicator under its own name promise less of it together than it says.

    What is counted up over the year is counted up over people too; of anything else the best of them must reach it.
    """
    own = [one for one in carriers if _is_the_same(one, above)]
    if not own:
        return
    together = _together(above, own)
    if together is not None and is_weaker(together, above.target.target, above.polarity, ()):
        yield _warn("INDICATOR_SUM_WEAKER", indicator=above.code, sum=str(together), target=str(above.target.target))


def _is_the_same(promise: Promise, above: Promise) -> bool:
    return promise.text.casefold() == above.text.casefold() and not any(
        what != "DEFINITION" for what in _changed(promise, above)
    )


def _together(above: Promise, own: list[Promise]) -> Target | None:
    values = [promise.target.target.number for promise in own]
    if above.target.target.number is None or None in values:
        return None
    numbers = [value for value in values if value is not None]
    if above.mode is Mode.CUMULATIVE:
        return Target.of(sum(numbers, Decimal()))
    lower_is_better = above.polarity in {Polarity.DOWN, Polarity.ZERO}
    return Target.of(min(numbers) if lower_is_better else max(numbers))


def _changed(promise: Promise, other: Promise) -> Iterator[str]:
    return (what for what, part in _PARTS.items() if part(promise) != part(other))


def budget_findings(content: Content, above: Content) -> Iterator[Finding]:
    """Yield the budget lines that are larger than what ``above`` has for their codes, where it has any."""
    if content.budget is None or above.budget is None:
        return
    ceilings: Counter[str] = Counter()
    for one in above.budget.lines:
        ceilings[one.code] += int(one.amount)
    # a content may have many thousand lines: each is looked up by what contains it, none compared with all
    lengths = sorted(set(map(len, ceilings)))
    for line in content.budget.lines:
        within = (line.code[:length] for length in takewhile(len(line.code).__ge__, lengths))
        ceiling = sum(ceilings[code] for code in within if code in ceilings and covers(code, line.code))
        if 0 < ceiling < int(line.amount):
            yield _warn("BUDGET_EXCEEDS_PARENT", budget=line.code, parent=above.id)


def _warn(code: str, **params: str) -> Finding:
    return Finding.of(code, Step.CASCADE, Weight.WARNING, params)
