"""Pages issued again before the registrars list them: what the register vouches for has been compared byte by byte."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from pkdocs.chain import Exhibit, PageCheck
from pkdocs.content import Content
from pkdocs.errors import SigningError
from pkdocs.pipeline.checking import Checked
from pkdocs.pipeline.reissue import reissue
from pkdocs.pipeline.wording import gather_wordings
from pkdocs.register import Line, standing
from pkdocs.verification import Facts

Progress = Callable[[int, int], None]

_NAMED: Final = 5
_WRONG: Final = {
    PageCheck.DIFFERENT: "REGISTER_PAGES_DIFFER",
    PageCheck.NOT_COMPARABLE: "REGISTER_PAGES_NOT_COMPARABLE",
}


def compared_contents(
    before: Iterable[Line],
    contents: Mapping[str, Content],
    facts: Mapping[str, Facts],
    checked: Checked,
    *,
    templates: Path | None,
    jobs: int,
    progress: Progress,
) -> frozenset[str]:
    """Return the digests of ``contents`` whose pages were issued again and gave the issued bytes.

    Once is enough: what ``before`` lists with the same issued bytes is not made again, compared or not. Without
    ``templates`` nothing is, and what is new is not compared.

    Raises:
        SigningError: a page says something else than workbook and template give, or cannot be made again here.
        OfficeError: LibreOffice is missing.
        TemplateError: a template cannot be used.
    """
    issued = {content.digest: facts[name].issue_digest for name, content in contents.items()}
    listed = {line.content: line for line in standing(before) if issued.get(line.content) == line.issued.digest}
    already = {content for content, line in listed.items() if line.compared}
    new = {name: content for name, content in contents.items() if content.digest not in listed}
    if templates is None or not new:
        return frozenset(already)
    exhibits = [Exhibit(name, facts[name]) for name in new]
    checks: dict[str, PageCheck] = {}
    addresses = (checked.profile.address,)
    for name, check in reissue(exhibits, templates, gather_wordings(checked), addresses=addresses, jobs=jobs):
        checks[name] = check
        progress(len(checks), len(new))
    for wrong, code in _WRONG.items():
        if names := sorted(name for name in new if checks.get(name, PageCheck.NOT_COMPARABLE) is wrong):
            raise SigningError(code, count=len(names), ids=", ".join(names[:_NAMED]))
    return frozenset(already | {content.digest for content in new.values()})
