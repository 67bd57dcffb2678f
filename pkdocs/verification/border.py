"""The one border that catches what libraries raise on a hostile file."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.layout import FileError

_LOG: Final = logging.getLogger(__name__)

_T = TypeVar("_T")


class Border:
    """Runs the parts of one examination; ``findings`` has what stopped them, and what they add themselves."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def __call__(self, step: Step, work: Callable[[], _T]) -> _T | None:
        """Return what ``work`` gives; what it or a library below raises becomes a finding of ``step``."""
        try:
            return work()
        except FileError as fault:
            self.findings.append(fault.finding)
        except Exception as fault:  # noqa: BLE001 libraries raise eight kinds and more on damaged files
            _LOG.warning("step %d: %s", step, type(fault).__name__)
            _LOG.debug("step %d", step, exc_info=fault)
            kind = type(fault).__name__
            self.findings.append(find("EXAMINATION_FAILED", step, Weight.FAIL, sub=Sub.FORMAT_FAILURE, kind=kind))
        return None
