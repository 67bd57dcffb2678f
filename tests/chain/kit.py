"""A valid chain of three levels, really signed, and what tests ask of its verdicts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from pkdocs.chain import AgreementVerdict, Exhibit, SetVerdict, judge_set
from pkdocs.content import Amendment, Content, Parties, Reference, Role
from pkdocs.profile import Ground, Zone
from pkdocs.register import Account
from pkdocs.signing import FileSigner, sign_pdf
from pkdocs.trust import Trust
from pkdocs.verification import Facts, Result, examine_pdf
from tests.factory import DIVISION_HEAD, HEAD, MAYOR, division_content, head_content, root_content, second
from tests.issued import issued
from tests.signed import AT, signed, training_trust

LATER = AT + timedelta(days=1)

ROOT = root_content()
MIDDLE = head_content()
LEAF = division_content()


@cache
def facts(content: Content, roles: tuple[Role, ...] = tuple(Role)) -> Facts:
    """Return the facts of ``content`` signed by ``roles``."""
    return examine_pdf(signed(content, roles))


def exhibit(content: Content, *roles: Role, name: str = "") -> Exhibit:
    """Return the file of ``content``, signed by ``roles`` (default: everybody)."""
    return Exhibit(f"{name or content.id}.pdf", facts(content, roles or tuple(Role)))


def judge(
    *files: Content | Exhibit, trust: Trust | None = None, account: Account | None = None, at: datetime = LATER
) -> SetVerdict:
    """Return the verdicts; contents stand for their signed files."""
    exhibits = [file if isinstance(file, Exhibit) else exhibit(file) for file in files]
    return judge_set(exhibits, trust or training_trust(), account, at=at)


def verdict(judged: SetVerdict, content: Content) -> AgreementVerdict:
    """Return the verdict on ``content``; of several files the first."""
    return next(one for one in judged.agreements if one.content == content)


def codes(one: AgreementVerdict) -> set[str]:
    """Return the codes of own findings that are heavier than a note."""
    return {f.code for f in one.findings if not f.inherited and f.weight.value != "note"}


def results(judged: SetVerdict) -> Mapping[str | None, Result]:
    return {one.id: one.result for one in judged.agreements}


def signed_by(content: Content, **signers: FileSigner) -> Exhibit:
    """Return the file of ``content`` with signatures that nobody checked before they were made."""
    from tests.verification.forge import Hand

    pdf = issued(content)
    for name, signer in signers.items():
        pdf = Hand(signer).sign(pdf, Role[name.upper()])
    return Exhibit(f"{content.id}.pdf", examine_pdf(pdf))


def amended(content: Content, **changes: object) -> Content:
    """Return the next version of ``content``, in force from September."""
    version = content.version + 1
    return replace(
        content,
        **{
            "id": f"{content.id.rpartition('-')[0]}-{version}",
            "version": version,
            "first_day": date(2026, 9, 1),
            "amendment": Amendment(Ground.STRATEGY, Reference(content.id, content.digest)),
            **changes,
        },
    )


__all__ = [
    "AT",
    "DIVISION_HEAD",
    "HEAD",
    "LATER",
    "LEAF",
    "MAYOR",
    "MIDDLE",
    "ROOT",
    "Parties",
    "Zone",
    "amended",
    "codes",
    "exhibit",
    "facts",
    "judge",
    "results",
    "second",
    "sign_pdf",
    "signed_by",
    "verdict",
]
