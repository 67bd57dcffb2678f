"""The agreement's content: every rule of its making, its identity, its canonical form."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import (
    MAX_CONTENT_BYTES,
    Amendment,
    Budget,
    Content,
    Expense,
    Goal,
    Parties,
    Promise,
    Quarter,
    Reference,
    Role,
    Value,
    agreement_id,
    budget_total,
    content_digest,
    parse_content,
    qr_text,
    short_digest,
)
from pkdocs.plan import Mode, Polarity, Target, Tier
from pkdocs.profile import Ground
from pkdocs.roster import Status
from pkdocs.schema import NewerSchemaError, SchemaError
from tests.factory import HEAD, MAYOR, division_content, head_content, root_content, second

DIGEST = "0123456789abcdef" * 4
OLDER = Reference("PK-2026-KOMINFO-1", DIGEST)
AMENDED = replace(head_content(), id="PK-2026-KOMINFO-2", version=2, amendment=Amendment(Ground.STRATEGY, OLDER))


@pytest.mark.parametrize("content", [root_content(), head_content(), division_content(), AMENDED], ids=lambda c: c.id)
def test_a_content_reads_from_its_canonical_bytes(content: Content) -> None:
    assert parse_content(content.canonical) == content
    assert content.digest == content_digest(content.canonical) == hashlib.sha256(content.canonical).hexdigest()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: replace(c, schema="pkdocs-content/2"), "schema"),
        (lambda c: replace(c, id="PK-2026-KOMINFO-2"), "not the position's"),
        (lambda c: replace(c, id="pk-2026-KOMINFO-1"), "not an id"),
        (lambda c: replace(c, year=2027), "not the position's"),
        (lambda c: replace(c, version=2), "not the position's"),
        (lambda c: replace(c, position=replace(c.position, key="KOMINF")), "not the position's"),
        (lambda c: replace(c, first_day=date(2027, 1, 1)), "ends before it begins"),
        (lambda c: replace(c, last_day=date(2027, 1, 1)), "days outside the year"),
        (lambda c: replace(c, first_day=date(2025, 12, 31)), "days outside the year"),
        (lambda c: replace(c, first_day=date(2027, 1, 1), last_day=date(2027, 1, 2)), "days outside the year"),
        (lambda c: replace(c, goals=(c.goals[0], replace(c.goals[0], text="Lain"))), "an indicator twice"),
        (lambda c: replace(c, goals=(_doubled(c.goals[0]),)), "an indicator twice"),
        (lambda c: replace(c, amendment=Amendment(Ground.OFFICER, OLDER)), "later version alone"),
        (lambda c: replace(c, parent=None), "a parent belongs to two parties"),
        (lambda c: replace(c, parties=Parties(HEAD)), "a parent belongs to two parties"),
        (lambda c: replace(c, goals=()), "nothing promised"),
        (lambda c: replace(c, place=""), "an empty text"),
        (lambda c: replace(c, goals=(replace(c.goals[0], text=""),)), "an empty text"),
    ],
)
def test_one_change_makes_a_content_impossible(change: Callable[[Content], Content], said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        assert change(head_content()).canonical


def _doubled(goal: Goal) -> Goal:
    again = replace(goal.indicators[0], code=goal.indicators[0].code.lower())
    return replace(goal, indicators=(*goal.indicators, again))


@pytest.mark.parametrize(
    "base", ["PK-2026-KOMINFO-2", "PK-2026-KOMINFO-3", "PK-2025-KOMINFO-1", "PK-2026-DINKES-1", "PI-2026-KOMINFO-1"]
)
def test_a_version_supersedes_the_one_before_it(base: str) -> None:
    with pytest.raises(SchemaError, match="supersedes another"):
        replace(AMENDED, amendment=Amendment(Ground.STRATEGY, Reference(base, DIGEST)))
    kept = Amendment(Ground.STRATEGY, Reference("PK-2026-kominfo-1", DIGEST))
    assert replace(AMENDED, amendment=kept).amendment == kept


@pytest.mark.parametrize("numbers", [(1, 1), (2, 1)])
def test_quarters_stand_once_and_in_their_order(numbers: tuple[int, int]) -> None:
    promise = division_content().indicators[0]
    with pytest.raises(SchemaError, match="quarters twice or out of order"):
        replace(promise, quarters=tuple(Quarter(number, Value(number="1")) for number in numbers))


def test_a_later_version_has_a_ground() -> None:
    with pytest.raises(SchemaError, match="later version alone"):
        replace(AMENDED, amendment=None)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Reference("KOMINFO", DIGEST), "not an id"),
        (lambda: Reference("PK-٢٠٢٦-KOMINFO-1", DIGEST), "not an id"),
        (lambda: Reference(OLDER.id, DIGEST[:-1]), "not a digest"),
        (lambda: Reference(OLDER.id, DIGEST.upper()), "not a digest"),
        (lambda: replace(HEAD, person="197111021996032992"), "not a person"),
        (lambda: replace(HEAD, person="A" * 15 + "1"), "not a person"),
        (lambda: replace(HEAD, status=Status.VACANT), "vacant"),
        (Value, "not a number"),
        (lambda: Value(number="1", category="BB"), "not a number"),
        (lambda: Value(low="1"), "not a number"),
        (lambda: Value(number="1", low="1", high="2"), "not a number"),
        (lambda: Value(number="4,10"), "not a decimal"),
        (lambda: Value(number="04"), "not a decimal"),
        (lambda: Value(number="+4"), "not a decimal"),
        (lambda: Value(number="1e3"), "not a decimal"),
        (lambda: Value(number="1٣"), "not a decimal"),
        (lambda: Value(low="1", high="dua"), "not a decimal"),
        (lambda: Quarter(0, Value(number="1")), "not a quarter"),
        (lambda: Quarter(5, Value(number="1")), "not a quarter"),
        (lambda: Goal("Sasaran", ()), "without indicators"),
        (lambda: Expense("2.16", Tier.PROGRAMME, "Program", "0"), "not whole rupiah"),
        (lambda: Expense("2.16", Tier.PROGRAMME, "Program", "1.000"), "not whole rupiah"),
        (lambda: Expense("2.16", Tier.PROGRAMME, "Program", "-5"), "not whole rupiah"),
        (lambda: Expense("2.16", Tier.PROGRAMME, "Program", "9" * 19), "not whole rupiah"),
        (lambda: Expense("2" + ".1" * 100, Tier.PROGRAMME, "Program", "9" * 18), "a code that is too long"),
        (lambda: Expense("2.16", Tier.PROGRAMME, "Program", "1٣"), "not whole rupiah"),
        (lambda: Budget((Expense("2.16", Tier.PROGRAMME, "Program", "5"),), "6"), "not that of the lines"),
        (lambda: Budget((Expense("2.16", Tier.PROGRAMME, "Program", "5"),), "+5"), "not that of the lines"),
        (lambda: Budget((Expense("2.16", Tier.PROGRAMME, "Program", "5"),), "lima"), "not that of the lines"),
        (lambda: Parties(HEAD, second(HEAD)), "one person on both sides"),
    ],
)
def test_no_part_of_a_content_can_be_wrong(make: Callable[[], object], said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        make()


@pytest.mark.parametrize(
    "identity",
    ["PK-2026-KOMINFO-1", "PK-2026-KOMINFO.APTIKA.STAF.7-1", "PI-2026-a_b-c-12", f"PK-2026-{'K' * 45}-9999"],
)
def test_an_id_is_read_from_its_last_hyphen(identity: str) -> None:
    assert Reference(identity, DIGEST).id == identity


@pytest.mark.parametrize(
    "identity",
    [
        "PK-2026-KOMINFO-0",
        "PK-2026-KOMINFO-01",
        "PK-2026-KOMINFO-10000",
        "PK-26-KOMINFO-1",
        "PK-2026--1",
        "XX-2026-KOMINFO-1",
        "PK-2026-KOM INFO-1",
        "PK-2026-../etc-1",
        "PK-2026-KOMINFO-1\n",
        f"PK-2026-{'K' * 46}-1",
    ],
)
def test_what_is_no_id_is_refused(identity: str) -> None:
    with pytest.raises(SchemaError, match="not an id"):
        Reference(identity, DIGEST)


def test_the_id_is_made_of_year_key_and_version() -> None:
    assert agreement_id(2026, "KOMINFO.APTIKA.STAF.7", 2) == "PK-2026-KOMINFO.APTIKA.STAF.7-2"


def test_a_content_that_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(SchemaError, match="too large"):
        parse_content(b" " * (MAX_CONTENT_BYTES + 1))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("nik",), "3599012345678901"),
        (("parties", "first", "nik"), "3599012345678901"),
        (("version",), "1"),
        (("dated",), "22/01/2026"),
        (("goals", 0, "indicators", 0, "target"), 4.1),
        (("place",), "Wana\u202esari"),
        (("type",), "surat-cinta"),
    ],
)
def test_one_strange_entry_makes_bytes_no_content(path: tuple[str | int, ...], value: object) -> None:
    raw = json.loads(head_content().canonical)
    inside = raw
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    with pytest.raises(SchemaError):
        parse_content(json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def test_a_content_of_a_newer_pkdocs_is_told_from_a_damaged_one() -> None:
    data = head_content().canonical.replace(b"pkdocs-content/1", b"pkdocs-content/3")
    with pytest.raises(NewerSchemaError, match="pkdocs-content/3"):
        parse_content(data)


def test_the_content_names_its_roles_and_their_parties() -> None:
    root, head = root_content(), head_content()
    assert root.roles == (Role.FIRST,)
    assert head.roles == (Role.FIRST, Role.SECOND)
    assert (root.party(Role.FIRST), root.party(Role.SECOND)) == (MAYOR, None)
    assert (head.party(Role.FIRST), head.party(Role.SECOND)) == (HEAD, second(MAYOR))


def test_indicators_stand_in_the_order_of_the_page() -> None:
    assert [promise.code for promise in root_content().indicators] == ["IKU-RB", "IKU-PE", "IKU-MISKIN"]


def test_every_promise_changes_the_digest() -> None:
    head = head_content()
    softer = replace(head.indicators[0], target=Value(number="4.1"))
    assert replace(head, goals=(replace(head.goals[0], indicators=(softer,)),)).digest != head.digest


@pytest.mark.parametrize(
    "target",
    [
        Target.of(Decimal("4.10")),
        Target.of(Decimal("1E+3")),
        Target.of(Decimal("-0.5")),
        Target(Decimal("5.10"), Decimal("5.50")),
        Target(category="BB"),
    ],
    ids=str,
)
def test_a_target_comes_back_from_its_value_as_it_prints(target: Target) -> None:
    assert Value.of(target).target == target
    assert str(Value.of(target).target) == str(target)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_every_decimal_has_a_value(number: Decimal) -> None:
    assert Value.of(Target.of(number)).target.number == number


@pytest.mark.parametrize(
    ("codes", "total"),
    [
        (("2.16.03", "2.16.01"), "11"),
        (("2.16.03", "2.16.03.2.02"), "1"),
        (("2.16.03", "2.16.030"), "11"),
        (("2.16.03.2", "2.16.03"), "10"),
    ],
)
def test_the_total_leaves_out_lines_below_another_one(codes: tuple[str, str], total: str) -> None:
    amounts = ("1", "10")
    lines = tuple(Expense(code, Tier.PROGRAMME, "Program", amount) for code, amount in zip(codes, amounts, strict=True))
    assert budget_total(lines) == int(total)
    assert Budget(lines, total).total == total


def test_the_qr_code_shows_130_bits_of_the_digest() -> None:
    short = short_digest(DIGEST)
    assert len(short) == 26
    assert base64.b32decode(short + "A" * 6)[:16] == bytes.fromhex(DIGEST)[:16]
    assert short == "AERUKZ4JVPG66AJDIVTYTK6N54"


def test_the_qr_text_is_address_id_and_short_digest() -> None:
    short = short_digest(DIGEST)
    assert qr_text("https://pk.example/v/", OLDER.id, DIGEST) == f"https://pk.example/v/PK-2026-KOMINFO-1/{short}"
    assert qr_text("", OLDER.id, DIGEST) == f"pkdocs:PK-2026-KOMINFO-1/{short}"


def test_absent_entries_of_a_promise_are_not_in_the_bytes() -> None:
    promise = Promise("A", "Indikator", Value(category="BB"), Polarity.CATEGORY, Mode.YEARLY)
    content = replace(root_content(), goals=(Goal("Sasaran", (promise,)),))
    written = json.loads(content.canonical)["goals"][0]["indicators"][0]
    assert set(written) == {"code", "text", "target", "polarity", "mode"}
