"""Where the printed values stand in the text of the pages: each run in a place of its own, in its order.

Page text comes with white space anywhere, and with other text between values. A run is found as the shortest
stretch of text that has all its values in order; stretches of different runs may not overlap, or a value of one
run could stand for the missing one of another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

Run = tuple[str, ...]

_MAX_STRETCHES: Final = 40
_MAX_TRIALS: Final = 20_000
_IN_NUMBERS: Final = ".,"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a run stands, from the beginning of its first value to the end of its last."""

    start: int
    end: int

    def meets(self, other: "Stretch") -> bool:
        """Tell whether the two overlap."""
        return self.start < other.end and other.start < self.end


class PageText:
    """Text without white space, which remembers where there was some."""

    def __init__(self, text: str) -> None:
        parts = text.split()
        self._packed = "".join(parts)
        self._gaps: set[int] = set()
        length = 0
        for part in parts:
            self._gaps.add(length)
            length += len(part)
        self._gaps.add(length)

    def missing(self, runs: Sequence[Run]) -> str | None:
        """Return a value that does not stand where its run says; None if all runs have places of their own."""
        found: list[tuple[Run, list[Stretch]]] = []
        for run in runs:
            stretches = list(self._stretches(run))
            if not stretches:
                return self._first_missing(run)
            found.append((run, stretches))
        found.sort(key=lambda pair: len(pair[1]))
        if _are_apart([stretches for _, stretches in found], [], [_MAX_TRIALS]):
            return None
        return self._astray(found)

    def _stretches(self, run: Run) -> Iterator[Stretch]:
        """Yield the shortest stretches that hold ``run``, first to last."""
        start = 0
        for _ in range(_MAX_STRETCHES):
            end = self._end(run, start)
            if end is None:
                return
            first = self._start(run, end)
            yield Stretch(first, end)
            start = first + 1

    def _end(self, run: Run, start: int) -> int | None:
        position = start
        for value in run:
            place = self._find(_packed(value), position)
            if place < 0:
                return None
            position = place + len(_packed(value))
        return position

    def _start(self, run: Run, end: int) -> int:
        position = end
        for value in reversed(run):
            position = self._rfind(_packed(value), position)
        return position

    def _find(self, value: str, start: int) -> int:
        place = self._packed.find(value, start)
        while place >= 0 and not self._is_whole(value, place):
            place = self._packed.find(value, place + 1)
        return place

    def _rfind(self, value: str, end: int) -> int:
        place = self._packed.rfind(value, 0, end)
        while place >= 0 and not self._is_whole(value, place):
            place = self._packed.rfind(value, 0, place + len(value) - 1)
        return place

    def _is_whole(self, value: str, place: int) -> bool:
        """Tell whether no number is cut: 5% does not stand in 75%, nor 4 in 4,10."""
        end = place + len(value)
        before, after = self._packed[max(place - 2, 0) : place], self._packed[end : end + 2]
        if value[0].isdigit() and place not in self._gaps and _ends_in_number(before):
            return False
        return not (value[-1].isdigit() and end not in self._gaps and _begins_in_number(after))

    def _first_missing(self, run: Run) -> str:
        position = 0
        for value in run:
            place = self._find(_packed(value), position)
            if place < 0:
                return value
            position = place + len(_packed(value))
        return run[-1]

    def _astray(self, found: list[tuple[Run, list[Stretch]]]) -> str:
        """Return the value before which the longest leap is made, in a run whose places are all taken."""
        for index, (run, stretches) in enumerate(found):
            others = [other for number, (_, other) in enumerate(found) if number != index]
            if all(any(all(stretch.meets(o) for o in other) for other in others) for stretch in stretches):
                return self._leap(run, stretches[0])
        return self._leap(found[-1][0], found[-1][1][0])

    def _leap(self, run: Run, stretch: Stretch) -> str:
        position, longest, leapt = stretch.start, -1, run[0]
        for value in run:
            place = self._find(_packed(value), position)
            if place - position > longest:
                longest, leapt = place - position, value
            position = place + len(_packed(value))
        return leapt


def _are_apart(choices: list[list[Stretch]], taken: list[Stretch], trials: list[int]) -> bool:
    """Tell whether one stretch of each choice can be had without two that overlap."""
    if not choices:
        return True
    for stretch in choices[0]:
        trials[0] -= 1
        if trials[0] < 0:
            return False
        if not any(stretch.meets(other) for other in taken) and _are_apart(choices[1:], [*taken, stretch], trials):
            return True
    return False


def _packed(value: str) -> str:
    return "".join(value.split())


def _ends_in_number(text: str) -> bool:
    return text[-1:].isdigit() or (text[-1:] in _IN_NUMBERS and text[-2:-1].isdigit()) if text else False


def _begins_in_number(text: str) -> bool:
    return text[:1].isdigit() or (text[:1] in _IN_NUMBERS and text[1:2].isdigit()) if text else False
