"""Facts, trust and time to verdicts: the steps in their order, and what a parent's verdict does to its children."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from cryptography import x509

from pkdocs.chain.borne import Teller, expected_by
from pkdocs.chain.counting import count, is_believed
from pkdocs.chain.force import Calendar
from pkdocs.chain.links import link_findings
from pkdocs.chain.listed import listed_set_findings, listing_findings
from pkdocs.chain.lookalikes import lookalike_findings
from pkdocs.chain.people import PeopleJudge, key_findings, required_roles
from pkdocs.chain.promises import PromiseBook
from pkdocs.chain.tree import Forest, Node, grow_forest
from pkdocs.chain.verdict import AgreementVerdict, Exhibit, PageCheck, RegisterMark, SetVerdict
from pkdocs.chain.versions import base_findings, version_findings
from pkdocs.chain.whole import copy_findings, record_findings, result_of_unreadable, rival_findings, set_findings
from pkdocs.content import Role, qr_text
from pkdocs.register import Account, Register
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Result, Step, Weight, find, heavier, heaviness, result_of, weight_of
from pkdocs.verification.algorithms import extended_finding, policy_of
from pkdocs.verification.belief import Signing


def judge_set(exhibits: Iterable[Exhibit], trust: Trust, account: Account | None, *, at: datetime) -> SetVerdict:
    """Return the verdicts on all ``exhibits`` together, by ``trust`` and the register (None: not named) as of ``at``.

    Nobody is believed but who ``trust`` names, and no file is skipped. Without a register that is believed neither
    offices held nor the set are judged. A signature that nothing proves to be older is judged as one made ``at`` then.
    """
    register = account.register if account else None
    if register and not trust.root_position:
        trust = replace(trust, root_position=register.head.root_position)
    case = _Case(grow_forest(_attributed(exhibit, register) for exhibit in exhibits), trust, register, at)
    agreements = tuple(case.verdicts())
    whole = (*_account_findings(account, case.day), *case.findings())
    return SetVerdict(
        agreements=agreements,
        result=_set_result(account, whole),
        findings=whole,
        at=at.astimezone(trust.zone.info),
        zone=trust.zone,
        trust=trust.digest,
        policy=case.policy.title,
        register=_mark(register),
        organisation=trust.organisation,
        training=any(finding.code == "TRAINING" for verdict in agreements for finding in verdict.findings),
        sources=account.sources if account else (),
        expected=expected_by(register) if register else None,
    )


class _Case:
    """A set before its judge: what each file is alone, which of them count, and from when on."""

    def __init__(self, forest: Forest, trust: Trust, register: Register | None, at: datetime) -> None:
        self._forest = forest
        self._trust = trust
        self._register = register
        self._at = at
        self.day = at.astimezone(trust.zone.info).date()
        self.policy = policy_of(trust)
        self._people = PeopleJudge(trust, register, at)
        self._signings = {node: self._people.signings(node) for node in forest.nodes}
        self._believed = frozenset(node for node in forest.nodes if is_believed(node, self._signings[node], trust))
        keys = key_findings(self._signings)
        self._alone = {node: (*self._alone_findings(node), *keys[node]) for node in forest.nodes}
        passing = frozenset(node for node in self._believed if result_of(self._alone[node]) is Result.PASSED)
        self._counted = count(forest, passing)
        self._completed = {node: self._people.completed(node, self._signings[node]) for node in forest.nodes}
        proven = {node: one.date() for node, one in self._completed.items() if one and self._may_prove(node)}
        self._calendar = Calendar(forest, proven, self.day)

    def _alone_findings(self, node: Node) -> Iterator[Finding]:
        """Yield what is wrong with ``node``, whatever else counts."""
        trust, register, believed = self._trust, self._register, self._believed
        yield from node.facts.findings
        yield from self._people.findings(node, self._signings[node])
        yield from _page_findings(node, trust, register)
        yield from lookalike_findings(node.content)
        yield from link_findings(node, trust, register, believed)
        yield from base_findings(node, self._forest, trust, register, believed)
        if register:
            yield from listing_findings(node, register)
        yield from extended_finding(self.policy, Step.SIGNATURES)

    def _may_prove(self, node: Node) -> bool:
        """Tell whether the times of ``node`` are those of its content.

        Of several files of one content those that count; else those that whom it names have signed: anybody can sign.
        """
        return node in self._counted.nodes or (node in self._believed and not self._counted.has(node))

    def verdicts(self) -> Iterator[AgreementVerdict]:
        """Yield the verdicts on all files, each after that of its parent; those on unreadable ones at the end."""
        teller = Teller(self._trust.zone)
        for node, verdict in self._judged():
            signings, timeline = self._signings[node], self._people.timeline(node)
            yield replace(
                verdict,
                phase=self._calendar.phase(
                    node,
                    self._counted,
                    signed=frozenset(verdict.signed),
                    required=frozenset(required_roles(node, self._trust)),
                    result=verdict.result,
                ),
                counts_from=self._calendar.beginning(node).day,
                borne=tuple(teller.borne(node, signings, timeline)),
                completed=self._completed[node],
            )
        yield from map(_unreadable, self._forest.unreadable)

    def _judged(self) -> Iterator[tuple[Node, AgreementVerdict]]:
        """Yield what a file is alone, and what the others do to it."""
        book = PromiseBook(self._forest, self._counted)
        judged: dict[Node, AgreementVerdict] = {}
        for node in self._forest.nodes:
            own = (
                *self._alone[node],
                *version_findings(node, self._forest, self._counted, self._calendar),
                *self._calendar.findings(node),
                *book.findings(node),
                *copy_findings(node, self._counted),
                *rival_findings(node, self._forest, self._counted),
            )
            judged[node] = _verdict(node, own, self._signings[node], [judged[parent] for parent in node.parents])
            yield node, judged[node]

    def findings(self) -> Iterator[Finding]:
        """Yield what concerns the set."""
        yield from set_findings(self._forest, self._believed, self._counted)
        yield from _clock_findings(self._trust, self._at)
        yield from record_findings(self._forest)
        yield from extended_finding(self.policy, Step.SET)
        if self._register:
            yield from listed_set_findings(self._forest, self._register)


def _attributed(exhibit: Exhibit, register: Register | None) -> Exhibit:
    """Return ``exhibit`` with the roles of those who signed in fields of their own, by the register's certificates."""
    listed = register.certificates if register else {}
    signed = [one.certificate for one in exhibit.facts.signatures if one.certificate is not None]
    owners = {one: line.person for one in signed if (line := listed.get(sha256(one).hexdigest()))}
    return replace(exhibit, facts=exhibit.facts.attributed(owners))


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
