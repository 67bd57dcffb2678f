"""The page says all that the content says."""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import (
    Amendment,
    Budget,
    Content,
    Expense,
    Parties,
    PersonScheme,
    PlanReference,
    Promise,
    Quarter,
    Reference,
    Value,
)
from pkdocs.numerals import MONTHS, format_date, format_number, format_rupiah
from pkdocs.page import Wording, absent_value, build_page, format_value, join_pages, printed_values
from pkdocs.plan import Mode, Polarity, Tier
from pkdocs.profile import Ground
from pkdocs.roster import Level, Means
from pkdocs.schema import SchemaError, from_json, to_json
from tests.factory import division_content, head_content, root_content


def full_content() -> Content:
    """An agreement in which every field has a value of its own."""
    usual = division_content()
    promise = usual.goals[0].indicators[0]
    full = replace(
        promise, own=True, baseline=Value(number="61.5"), definition="Bagian layanan yang terhubung", source="Katalog"
    )
    others = (
        Promise("APTIKA-2", "Opini layanan", Value(category="Memuaskan"), Polarity.CATEGORY, Mode.YEARLY, own=False),
        Promise(
            "APTIKA-3",
            "Rata-rata gangguan",
            Value(low="1234.50", high="2000"),
            Polarity.RANGE,
            Mode.MEAN,
            unit="menit",
            answers_to=("KOMINFO-1", "KOMINFO-2"),
            quarters=(Quarter(2, Value(low="1", high="2")), Quarter(4, Value(category="rendah"))),
        ),
    )
    second = replace(usual.goals[0], indicators=(replace(promise, code="APTIKA-4"),))
    seat = replace(usual.position, assignment="Ketua Tim Kerja Aplikasi")
    plan = PlanReference(
        "RENSTRA-9", "Nilai SPBE", "Terwujudnya layanan", "angka", Value(number="7"), Value(number="8"), Polarity.ZERO
    )
    lines = (
        Expense("2.16.03", Tier.PROGRAMME, "Program Aplikasi", "4215300000", "APBD", 1),
        Expense("2.16.03.2.02", Tier.ACTIVITY, "Pengelolaan Aplikasi", "1000", "DAU"),
    )
    return replace(
        usual,
        id="PK-2026-KOMINFO.APTIKA-3",
        version=3,
        number="800/17/2026",
        amendment=Amendment(Ground.PRIORITY, Reference("PK-2026-KOMINFO.APTIKA-2", "5a" * 32)),
        position=seat,
        goals=(replace(usual.goals[0], indicators=(full, *others)), second),
        budget=Budget(lines, "4215300000"),
        plans=(plan,),
    )


def leaves(raw: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(raw, dict | list):
        for key, entry in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from leaves(entry, (*path, key))
    else:
        yield path, raw


def printed_form(path: tuple[str | int, ...], value: Any) -> str:
    name = path[-1]
    if name in {"first_day", "last_day", "dated"}:
        return format_date(date.fromisoformat(value))
    if name in {"amount", "total"}:
        return format_rupiah(int(value))
    if name in {"number", "low", "high"} and {*path[-2:-1]} & {"target", "baseline", "final_target"}:
        return format_number(Decimal(value))
    fixed = {"type": "Perjanjian Kinerja", "own": "Ya" if value is True else "Tidak"}
    if name == "quarter":
        return ("TW I ", "TW II ", "TW III ", "TW IV ")[value - 1]
    return fixed.get(str(name), str(value))


@pytest.mark.parametrize("content", [root_content(), head_content(), division_content(), full_content()])
def test_every_leaf_of_the_content_is_printed(content: Content) -> None:
    printed = [value for run in printed_values(content) for value in run]
    for path, value in leaves(to_json(content)):
        assert any(printed_form(path, value) in text for text in printed), path


def changed(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    else:
        yield f"{value}1"
        yield f"9{value}"
        yield value[:-1] + ("b" if value[-1] == "a" else "a")


def with_leaf(raw: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copied = dict(raw) if isinstance(raw, dict) else list(raw)
    copied[path[0]] = with_leaf(raw[path[0]], path[1:], value)
    return copied


def test_a_change_of_any_leaf_changes_what_is_printed() -> None:
    content = full_content()
    raw = to_json(content)
    before = printed_values(content)
    tried = set()
    for path, value in leaves(raw):
        for other in changed(value):
            try:
                after = from_json(Content, with_leaf(raw, path, other))
            except SchemaError:
                continue
            assert printed_values(after) != before, path
            tried.add(path)
    assert len(tried) > 60


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person_scheme", PersonScheme.KEYED),
        ("first_day", date(2026, 2, 1)),
        ("dated", date(2026, 3, 1)),
        ("number", None),
        ("budget", None),
        ("plans", ()),
    ],
)
def test_a_change_of_a_field_changes_what_is_printed(field: str, value: Any) -> None:
    content = full_content()
    assert printed_values(dataclasses.replace(content, **{field: value})) != printed_values(content)


@pytest.mark.parametrize("polarity", Polarity)
@pytest.mark.parametrize("mode", Mode)
def test_each_polarity_and_mode_is_printed(polarity: Polarity, mode: Mode) -> None:
    content = division_content()
    promise = replace(content.indicators[0], polarity=polarity, mode=mode)
    page = build_page(replace(content, goals=(replace(content.goals[0], indicators=(promise,)),)))
    details = {detail.nama: detail.nilai for detail in page.sasaran[0].indikator[0].rincian}
    assert details["Arah"].startswith(polarity)
    assert details["Cara hitung"].startswith(mode)


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (Value(number="4.10"), "indeks", "4,10 indeks"),
        (Value(number="75"), "%", "75%"),
        (Value(low="5.10", high="5.50"), "%", "5,10-5,50%"),
        (Value(number="425000"), "orang", "425.000 orang"),
        (Value(category="WTP"), "opini", "WTP"),
        (Value(number="3"), None, "3"),
        (None, "orang", ""),
    ],
)
def test_values_stand_with_their_units(value: Value | None, unit: str | None, printed: str) -> None:
    assert format_value(value, unit) == printed


def budget_numbers(*goals: int | None) -> list[str]:
    lines = tuple(
        Expense(f"2.16.0{n}", Tier.PROGRAMME, f"Program {n}", "5", goal=goal) for n, goal in enumerate(goals, 1)
    )
    budget = build_page(replace(head_content(), budget=Budget(lines, str(5 * len(lines))))).anggaran
    assert budget is not None
    return [row.nomor for row in budget.baris]


def test_budget_lines_are_numbered_by_their_sasaran_where_they_have_one() -> None:
    assert budget_numbers(None, None) == ["1", "2"]
    assert budget_numbers(1, 2, 1) == ["1.1", "2.1", "1.2"]
    assert budget_numbers(1, None) == ["1.1", "-"]


def test_the_form_of_another_level_is_taken_where_the_workbook_says_so() -> None:
    assert build_page(division_content()).bentuk is Level.ADMINISTRATOR
    assert build_page(division_content(), Wording(form=Level.JPT_PRATAMA)).bentuk is Level.JPT_PRATAMA


def test_a_party_on_paper_has_no_anchor() -> None:
    content = division_content()
    paper = replace(content.parties.first, means=Means.PAPER)
    assert not build_page(replace(content, parties=Parties(paper, content.parties.second))).pihak_pertama.elektronik


def test_nothing_stands_for_a_number_that_is_not_printed() -> None:
    page = build_page(root_content())
    assert (page.pihak_pertama.nomor, page.pihak_pertama.pangkat, page.pihak_kedua) == ("", "", None)
    assert "" not in [value for run in printed_values(root_content()) for value in run]


def test_dates_are_indonesian() -> None:
    assert build_page(root_content()).tempat_tanggal == "Wanasari, 22 Januari 2026"
    assert len(MONTHS) == 12


words = st.text("abcdefgh", min_size=1, max_size=12)
runs = st.lists(st.lists(words, min_size=1).map(tuple), min_size=1).map(tuple)


@given(runs, st.data())
def test_text_that_has_every_value_lacks_none(printed: tuple[tuple[str, ...], ...], data: st.DataObject) -> None:
    gaps = st.sampled_from(["", " ", "\n", " lain ", "\f", "-"])
    text = "".join(value + data.draw(gaps) for run in printed for value in run)
    assert absent_value(text, printed) is None


def test_a_value_out_of_order_or_too_seldom_is_absent() -> None:
    assert absent_value("satu dua", (("satu", "dua"),)) is None
    assert absent_value("dua satu", (("satu", "dua"),)) == "dua"
    assert absent_value("satu", (("satu", "satu"),)) == "satu"
    assert absent_value("sa tu d\nua", (("satu", "dua"),)) is None


LONG = "Meningkatnya layanan aplikasi yang terintegrasi bagi seluruh masyarakat"
RUN = (("1", LONG, "Indeks", "4,10", "Persentase"),)
FIRST = "1 Meningkatnya layanan\naplikasi yang\nIndeks 4,10"
SECOND = "No. Sasaran\nterintegrasi bagi\nseluruh masyarakat\nPersentase 5%"


def test_a_long_value_that_a_page_end_breaks_is_joined_where_it_began() -> None:
    assert absent_value(f"{FIRST}\f{SECOND}", RUN) == LONG
    joined = join_pages(f"{FIRST}\f{SECOND}", RUN)
    assert absent_value(joined, RUN) is None
    assert sorted(joined.split()) == sorted(f"{FIRST}\f{SECOND}".split())


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n{SECOND}",
        f"{FIRST}\f{SECOND.replace(chr(10), ' ')}",
        f"{FIRST}\fLanjutan\f{SECOND}",
        f"{FIRST}\f{SECOND.replace('seluruh', 'sebagian')}",
        f"{FIRST.replace('aplikasi', 'aplikatif')}\f{SECOND}",
    ],
)
def test_what_does_not_go_on_at_a_line_of_the_next_page_is_not_joined(text: str) -> None:
    assert absent_value(join_pages(text, RUN), RUN) == LONG


def test_a_value_that_stands_whole_elsewhere_is_joined_where_it_is_broken() -> None:
    twice = (*RUN, (LONG,))
    assert join_pages(f"{LONG}\n{FIRST}\f{SECOND}", twice).count("terintegrasi") == 2
    assert absent_value(join_pages(f"{LONG}\n{FIRST}\f{SECOND}", twice), twice) is None


@given(st.integers(1, len(LONG.split()) - 1))
def test_a_value_may_be_broken_after_any_word(count: int) -> None:
    first, second = " ".join(LONG.split()[:count]), " ".join(LONG.split()[count:])
    pages = f"{first}\nIndeks\f{second}\nlain"
    assert join_pages(pages, ((LONG, "Indeks"),)).split() == [*LONG.split(), "Indeks", "lain"]


def test_a_value_that_begins_like_others_of_its_page_is_joined_in_its_place() -> None:
    alike = [f"{LONG} di Kecamatan {name}" for name in ("Utara", "Barat", "Timur", "Selatan")]
    first = f"1 {alike[0]} a\n2 {alike[1]} b\n3 Meningkatnya layanan\naplikasi yang\nc"
    second = f"No. Sasaran\nterintegrasi bagi seluruh\nmasyarakat di Kecamatan\nTimur\nd\n4 {alike[3]} e"
    run = ("1", alike[0], "a", "2", alike[1], "b", "3", alike[2], "c", "d", "4", alike[3], "e")
    assert absent_value(join_pages(f"{first}\f{second}", (run,)), (run,)) is None


def test_a_short_value_is_never_put_together_from_two_pages() -> None:
    assert absent_value(join_pages("5\nx\flaporan", (("5 laporan",),)), (("5 laporan",),)) == "5 laporan"


@given(runs, st.lists(st.text("ab\n\f ", max_size=30)))
def test_joining_pages_neither_adds_nor_loses_text(printed: tuple[tuple[str, ...], ...], pages: list[str]) -> None:
    text = "\f".join([*pages, *(value for run in printed for value in run)])
    assert sorted(join_pages(text, printed).split()) == sorted(text.split())


def test_a_cell_as_long_as_a_workbook_allows_is_joined_or_left_at_once() -> None:
    """With a search that is more than linear this would take hours."""
    words = [f"kata{number}" for number in range(4_000)]
    value = " ".join(words)
    lines = "\n".join(words[:2_000]), "\n".join(words[2_000:])
    assert absent_value(join_pages("\f".join(lines), ((value,),)), ((value,),)) is None
    assert absent_value(join_pages(f"{lines[0]}\flain\f{lines[1]}", ((value,),)), ((value,),)) == value
    assert join_pages("\f".join(["ruang"] * 200), ((value,),)).count("ruang") == 200


def test_pages_that_would_take_work_without_bound_are_left_as_they_are() -> None:
    alike = " ".join(["aa"] * 8_000)
    pages = "\f".join("\n".join(["aa"] * 7_000) + "\nb" for _ in range(20))
    assert sorted(join_pages(pages, ((alike, f"{alike} c", f"{alike} d"),)).split()) == sorted(pages.split())


def test_a_beginning_that_a_whole_value_has_too_is_not_taken_for_a_broken_one() -> None:
    text = f"{LONG}\n{LONG}\n1 Meningkatnya layanan\n2\faplikasi yang terintegrasi bagi seluruh masyarakat\n3"
    assert absent_value(join_pages(text, ((LONG, LONG, LONG, "2", "3"),)), ((LONG, LONG, LONG, "2", "3"),)) is None
