"""Facts, trust and time to verdicts: the steps in their order, and what a parent's verdict does to its children."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from cryptography import x509

from pkdocs.chain.borne import Teller, expected_by
from pkdocs.chain.counting import Counted, count, is_believed
from pkdocs.chain.force import Calendar
from pkdocs.chain.links import link_findings
from pkdocs.chain.listed import listed_set_findings, listing_findings
from pkdocs.chain.lookalikes import lookalike_findings
from pkdocs.chain.people import PeopleJudge, key_findings, required_roles
from pkdocs.chain.promises import PromiseBook
from pkdocs.chain.tree import Forest, Node, grow_forest
from pkdocs.chain.verdict import AgreementVerdict, Exhibit, PageCheck, Phase, RegisterMark, SetVerdict
from pkdocs.chain.versions import base_findings, version_findings
from pkdocs.chain.whole import copy_findings, record_findings, result_of_unreadable, rival_findings, set_findings
from pkdocs.content import Role, qr_text
from pkdocs.register import Account, Register
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Result, Step, Weight, find, heavier, heaviness, result_of, weight_of
from pkdocs.verification.algorithms import extended_finding, policy_of
from pkdocs.verification.belief import Signing

_REPLACED: Final = frozenset({Phase.SUPERSEDED, Phase.WITHDRAWN})


def judge_set(exhibits: Iterable[Exhibit], trust: Trust, account: Account | None, *, at: datetime) -> SetVerdict:
    """Return the verdicts on all ``exhibits`` together, by ``trust`` and the register (None: not named) as of ``at``.

    Nobody is believed but who ``trust`` names, and no file is skipped. Without a register that is believed neither
    offices held nor the set are judged. A signature that nothing proves to be older is judged as one made ``at`` then.
    """
    register = account.register if account else None
    if register and not trust.root_position:
        trust = replace(trust, root_position=register.head.root_position)
    policy = policy_of(trust)
    forest = grow_forest(_attributed(exhibit, register) for exhibit in exhibits)
    people = PeopleJudge(trust, register, at)
    signings = {node: people.signings(node) for node in forest.nodes}
    keys = key_findings(signings)
    believed = frozenset(node for node in forest.nodes if is_believed(node, signings[node], trust))
    alone = {
        node: (
            *node.facts.findings,
            *people.findings(node, signings[node]),
            *keys[node],
            *_page_findings(node, trust, register),
            *lookalike_findings(node.content),
            *link_findings(node, trust, register, believed),
            *base_findings(node, forest, trust, register, believed),
            *(listing_findings(node, register) if register else ()),
            *extended_finding(policy, Step.SIGNATURES),
        )
        for node in forest.nodes
    }
    counted = count(forest, frozenset(node for node in believed if result_of(alone[node]) is Result.PASSED))
    completed = {node: people.completed(node, signings[node]) for node in forest.nodes}
    day = at.astimezone(trust.zone.info).date()
    calendar = Calendar(forest, {node: one and one.date() for node, one in completed.items()}, day)
    teller = Teller(trust.zone)
    told = (
        replace(
            _phased(node, verdict, trust, counted, calendar),
            borne=tuple(teller.borne(node, signings[node], people.timeline(node))),
            completed=completed[node],
        )
        for node, verdict in _verdicts(forest, alone, signings, counted, calendar)
    )
    agreements = (*told, *map(_unreadable, forest.unreadable))
    whole = (*_account_findings(account, day), *set_findings(forest, believed, counted), *_clock_findings(trust, at))
    whole = (*whole, *record_findings(forest), *extended_finding(policy, Step.SET))
    if register:
        whole = (*whole, *listed_set_findings(forest, register))
    return SetVerdict(
        agreements=agreements,
        result=_set_result(account, whole),
        findings=whole,
        at=at.astimezone(trust.zone.info),
        zone=trust.zone,
        trust=trust.digest,
        policy=policy.title,
        register=_mark(register),
        organisation=trust.organisation,
        training=any(finding.code == "TRAINING" for verdict in agreements for finding in verdict.findings),
        sources=account.sources if account else (),
        expected=expected_by(register) if register else None,
    )


def _attributed(exhibit: Exhibit, register: Register | None) -> Exhibit:
    """Return ``exhibit`` with the roles of those who signed in fields of their own, by the register's certificates."""
    listed = register.certificates if register else {}
    signed = [one.certificate for one in exhibit.facts.signatures if one.certificate is not None]
    owners = {one: line.person for one in signed if (line := listed.get(sha256(one).hexdigest()))}
    return replace(exhibit, facts=exhibit.facts.attributed(owners))


def _verdicts(
    forest: Forest,
    alone: Mapping[Node, tuple[Finding, ...]],
    signings: Mapping[Node, Mapping[Role, Signing]],
    counted: Counted,
    calendar: Calendar,
) -> Iterator[tuple[Node, AgreementVerdict]]:
    """Yield each verdict after that of its parent: what a file is ``alone``, and what the others do to it."""
    book = PromiseBook(forest, counted)
    judged: dict[Node, AgreementVerdict] = {}
    for node in forest.nodes:
        own = (
            *alone[node],
            *version_findings(node, forest, counted, calendar),
            *calendar.findings(node),
            *book.findings(node),
            *copy_findings(node, counted),
            *rival_findings(node, forest, counted),
        )
        judged[node] = _verdict(node, own, signings[node], [judged[parent] for parent in node.parents])
        yield node, judged[node]


def _phased(
    node: Node, verdict: AgreementVerdict, trust: Trust, counted: Counted, calendar: Calendar
) -> AgreementVerdict:
    """Return ``verdict`` with how far its agreement has come, and from when it counts."""
    required = frozenset(required_roles(node, trust))
    phase = calendar.phase(node, counted, signed=frozenset(verdict.signed), required=required, result=verdict.result)
    after = calendar.successor(node, counted) if phase in _REPLACED else None
    return replace(
        verdict, phase=phase, counts_from=calendar.beginning(node).day, superseded_by=after.id if after else None
    )


def _account_findings(account: Account | None, day: date) -> Iterator[Finding]:
    if account is None:
        yield find("REGISTER_ABSENT", Step.SET, Weight.NOTE)
        return
    yield from account.findings
    if account.register is None:
        yield find("REGISTER_NOT_BELIEVED", Step.SET, Weight.UNKNOWN)
    elif account.register.head.dated > day:
        # whoever turns the clock back also gets back what was true before
        head = account.register.head
        yield find(
            "CLOCK_BEFORE_REGISTER", Step.SET, Weight.UNKNOWN, version=head.version, dated=head.dated.isoformat()
        )


def _clock_findings(trust: Trust, at: datetime) -> Iterator[Finding]:
    """Yield that the trust file's own lists were made after the time of judging: the clock is behind, or was turned."""
    made = max((x509.load_der_x509_crl(crl).last_update_utc for crl in trust.crls), default=at)
    if made > at:
        yield find("TRUST_LATER", Step.SET, Weight.WARNING, made=f"{made:%Y-%m-%d %H:%M} UTC")


def _set_result(account: Account | None, findings: tuple[Finding, ...]) -> Result:
    """Nothing shows that a set is whole without a register, and a proof of single lines does not either."""
    if account is None:
        return Result.NOT_JUDGED
    result = result_of(findings)
    is_partial = account.register is not None and not account.register.whole
    return Result.NOT_JUDGED if is_partial and result is Result.PASSED else result


def _mark(register: Register | None) -> RegisterMark | None:
    return RegisterMark(register.head.version, register.head.digest, register.head.dated) if register else None


def _page_findings(node: Node, trust: Trust, register: Register | None) -> Iterator[Finding]:
    if node.page is PageCheck.DIFFERENT:
        yield find("PAGE_DIFFERS", Step.CONTENT, Weight.FAIL)
    elif node.page is PageCheck.NOT_COMPARED and not (register and _is_vouched(node, register)):
        yield find("OTHER_TEXT_NOT_JUDGED", Step.CONTENT, Weight.NOTE)
    elif node.page is PageCheck.NOT_COMPARABLE:
        yield find("PAGE_NOT_COMPARABLE", Step.CONTENT, Weight.UNKNOWN)
    expected = [qr_text(address, node.id, node.digest) for address in trust.qr_addresses]
    for code in node.facts.codes:
        if code not in expected:
            yield find("QR_ADDRESS", Step.CONTENT, Weight.FAIL, text=code[:80], expected=trust.qr_address or "pkdocs:")
            return


def _is_vouched(node: Node, register: Register) -> bool:
    """Tell whether the registrars have issued this page again and found the same bytes."""
    return register.vouched.get(node.facts.issue_digest or "") == (node.digest, node.facts.issue_length)


def _verdict(
    node: Node, findings: tuple[Finding, ...], signings: Mapping[Role, Signing], parents: list[AgreementVerdict]
) -> AgreementVerdict:
    own = result_of(findings)
    # of several copies of the parent the best counts: what one of them proves is proven
    parent = min(parents, key=lambda verdict: heaviness(verdict.result), default=None)
    if parent is not None and parent.result is not Result.PASSED:
        findings = (*findings, _above(parent))
    return AgreementVerdict(
        file=node.file,
        sha256=node.facts.sha256,
        content=node.content,
        parent=node.content.parent.id if node.content.parent else None,
        depth=node.depth,
        own=own,
        result=own if parent is None else heavier(own, parent.result),
        findings=tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.step)),
        signed=tuple(role for role in Role if role in signings),
    )


def _above(parent: AgreementVerdict) -> Finding:
    """Return the finding that names what is wrong above: the parent's own cause, or what it has from above itself."""
    params = {"parent": str(parent.id), "origin": str(parent.id), "cause": ""}
    for finding in parent.findings:
        if finding.inherited and parent.own is not parent.result:
            params |= {name: str(value) for name, value in finding.params if name in {"origin", "cause"}}
        elif result_of((finding,)) is parent.result and not params["cause"]:
            params["cause"] = finding.code
    above = Finding.of("ABOVE", Step.CHAIN, weight_of(parent.result), params)
    return replace(above, inherited=True)


def _unreadable(exhibit: Exhibit) -> AgreementVerdict:
    facts = exhibit.facts
    result = result_of_unreadable(exhibit)
    return AgreementVerdict(exhibit.file, facts.sha256, None, None, 0, result, result, facts.findings)
