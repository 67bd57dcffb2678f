"""Heads judged one after the other: those who keep the register now say who keeps it next (TUF, root rotation).

A head names ``following`` keepers and is signed by the threshold of those before; the next head, which names it by its
digest, is signed by the threshold of those who follow. So both have signed before anything rests on the new ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pkdocs.register.authority import Authority
from pkdocs.register.examine import HeadFacts
from pkdocs.register.head import Head
from pkdocs.register.judge import HeadVerdict, judge_head
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Step, Weight


def judge_heads(facts: Sequence[HeadFacts], trust: Trust, at: datetime) -> tuple[HeadVerdict, ...]:
    """Return the verdicts on heads, in their order, by ``trust`` and what the believed ones say of who follows.

    The registrars of the trust file count until a believed head puts others in their place; from then on each head
    needs the one before at hand, else who may sign it is unknown. Keepers who were replaced count no more.
    """
    line = _Line(trust, at)
    verdicts: dict[int, HeadVerdict] = {}
    for place in sorted(range(len(facts)), key=lambda place: _version(facts[place])):
        verdicts[place] = line.judge(facts[place])
    return tuple(verdicts[place] for place in range(len(facts)))


def _version(facts: HeadFacts) -> int:
    return facts.head.version if facts.head else 0


@dataclass(slots=True)
class _Line:
    """The believed heads so far, by digest, each with who may sign the next one."""

    trust: Trust
    at: datetime
    after: dict[str, tuple[Head, Authority]] = field(default_factory=dict)

    def judge(self, facts: HeadFacts) -> HeadVerdict:
        head = facts.head
        if head is None:
            return judge_head(facts, self.trust, self.at)
        before = self._before(head)
        authority = before[1] if before else self._without(head)
        verdict = judge_head(facts, self.trust, self.at, authority)
        if before and head.keepers != before[0].next_keepers:
            named = (("version", head.version), ("before", before[0].version))
            wrong = Finding.of("HEAD_KEEPERS", Step.SET, Weight.FAIL, dict(named))
            verdict = replace(verdict, findings=(*verdict.findings, wrong))
        if verdict.believed:
            self.after[head.digest] = head, self._next(head, authority)
        return verdict

    def _before(self, head: Head) -> tuple[Head, Authority] | None:
        """Return the believed head before ``head``, if that names it as such: of its register, one version earlier."""
        named = self.after.get(head.previous or "")
        follows = named is not None and _is_of(named[0], head) and named[0].version + 1 == head.version
        return named if follows else None

    def _without(self, head: Head) -> Authority:
        """Return who may sign ``head``, of which the one before is not believed or not at hand."""
        changed = any(
            authority.since is not None and earlier.version < head.version and _is_of(earlier, head)
            for earlier, authority in self.after.values()
        )
        return Authority.unknown(self.trust, missing=head.version - 1) if changed else Authority.pinned(self.trust)

    def _next(self, head: Head, authority: Authority) -> Authority:
        if head.following is None:
            return authority
        return Authority.named(head.following, self.trust, since=head.version)


def _is_of(one: Head, other: Head) -> bool:
    return (one.organisation, one.year) == (other.organisation, other.year)
