"""Is a report that of these files? What judging them again says against it (attacks 77 and 78)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pkdocs.chain import SetVerdict
from pkdocs.messages import Language, Said
from pkdocs.report.json import PROGRAM, as_json, render_json
from pkdocs.verification import Finding, Step, Weight, find
from pkdocs.verification.basis import Use

_NAMED: Final = 5
_RESULTS: Final = ("sha256", "id", "own", "result", "parent")


class Names:
    """The names under which a report tells files, by their SHA-256: so that judging them again gives the same bytes."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        self._files: dict[str, list[str]] = {}
        for agreement in report["agreements"]:
            self._files.setdefault(agreement["sha256"], []).append(agreement["file"])
        for names in self._files.values():
            names.sort(reverse=True)

    def __call__(self, file: str, sha256: str) -> str:
        """Return the name of the next file of that digest; its own if the report has none."""
        names = self._files.get(sha256)
        return names.pop() if names else file


def recheck(report: Mapping[str, Any], written: bytes, again: SetVerdict) -> Iterator[Finding]:
    """Yield what ``again``, the verdict on the files at hand at the report's time, says against it.

    ``again`` tells files by the report's names. First come files and sources that are others, for with them the rest
    follows; then the verdict itself, which must be the same to the last byte. Another version of pkdocs can compare
    results alone, and so can a machine on which other programs draw pages, where these were asked.
    """
    language: Language = report["language"]
    other = (*_other_files(report, again), *_other_sources(report, again))
    yield from other
    is_same_program = report["program"] == PROGRAM
    if not is_same_program:
        yield find("REPORT_PROGRAM_OTHER", Step.SET, Weight.UNKNOWN, made=report["program"], here=PROGRAM)
    if report["policy"] != again.policy:
        weight = Weight.FAIL if is_same_program else Weight.UNKNOWN
        yield find("REPORT_POLICY_OTHER", Step.SET, weight, stated=report["policy"], here=again.policy)
    if other:
        return
    told = as_json(again, language)
    is_drawn_alike = _drawn_by(report) == _drawn_by(told)
    if not is_drawn_alike:
        yield find("REPORT_RENDERERS_OTHER", Step.SET, Weight.UNKNOWN)
    if is_same_program and is_drawn_alike:
        if render_json(again, language) != written:
            yield _other_verdict(report, told, Weight.FAIL)
    elif _results(report) != _results(told):
        yield _other_verdict(report, told, Weight.UNKNOWN)


def _drawn_by(report: Mapping[str, Any]) -> Collection[str]:
    """Return what a thorough look says of the programs that drew the pages: not every machine has the same ones."""
    findings = (finding for agreement in report["agreements"] for finding in agreement["findings"])
    return {finding["message"] for finding in findings if finding["code"] == "RENDERED"}


def _other_files(report: Mapping[str, Any], again: SetVerdict) -> Iterator[Finding]:
    stated = Counter((one["file"], one["sha256"]) for one in report["agreements"])
    found = Counter((one.file, one.sha256) for one in again.agreements)
    for code, apart in (("REPORT_FILE_ABSENT", stated - found), ("REPORT_FILE_ADDED", found - stated)):
        files = sorted(file for file, _ in apart.elements())
        if files:
            yield find(code, Step.SET, Weight.FAIL, count=len(files), files=", ".join(files[:_NAMED]))


def _other_sources(report: Mapping[str, Any], again: SetVerdict) -> Iterator[Finding]:
    stated = Counter((one["use"], one["sha256"]) for one in report["sources"])
    found = Counter((str(one.use), one.sha256) for one in again.sources)
    uses = {use for use, _ in (stated - found) + (found - stated)}
    if report["trust"] != again.trust:
        uses.add(Use.TRUST)
    for use in sorted(uses):
        yield find("REPORT_SOURCE_OTHER", Step.SET, Weight.FAIL, use=Said(f"REPORT_USE_{Use(use).name}"))


def _other_verdict(report: Mapping[str, Any], again: Mapping[str, Any], weight: Weight) -> Finding:
    parts = [name for name in again if name != "agreements" and again[name] != report.get(name)]
    pairs = zip(report["agreements"], again["agreements"], strict=True)
    parts += [here["id"] or here["file"] for there, here in pairs if there != here]
    return find("REPORT_VERDICT_OTHER", Step.SET, weight, parts=", ".join(parts[:_NAMED]) or "JSON")


def _results(report: Mapping[str, Any]) -> tuple[object, ...]:
    rows = [[agreement[name] for name in _RESULTS] for agreement in report["agreements"]]
    return report["set"]["result"], report["summary"], rows
