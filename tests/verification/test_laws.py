"""Laws of examining: nothing raises, nothing changed passes, everything found is said in both languages."""

import ast
import pickle
import random
import string
import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkdocs.chain import Exhibit, judge_set
from pkdocs.content import Role
from pkdocs.messages import LANGUAGES, catalogue
from pkdocs.verification import Facts, Finding, Result, Step, Weight, examine_pdf, find, result_of, unread_facts
from pkdocs.verification.finding import heavier, heaviness, weight_of
from pkdocs.verification.printed import PageText
from tests.factory import division_content, head_content, root_content
from tests.signed import AT, signed, training_trust

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def file() -> bytes:
    return signed(division_content())


@cache
def above() -> tuple[Exhibit, ...]:
    return tuple(Exhibit(f"{c.id}.pdf", examine_pdf(signed(c))) for c in (root_content(), head_content()))


def result(pdf: bytes) -> Result:
    """Return the verdict on ``pdf`` in place of the third file of a valid chain."""
    exhibits = (*above(), Exhibit("changed.pdf", examine_pdf(pdf)))
    verdicts = judge_set(exhibits, training_trust(), None, at=AT + timedelta(days=1)).agreements
    return next(verdict.result for verdict in verdicts if verdict.file == "changed.pdf")


def test_the_untouched_file_passes():
    assert result(file()) is Result.PASSED


@QUICK
@given(st.data())
def test_a_flipped_bit_never_passes(data):
    place = data.draw(st.integers(0, len(file()) - 1))
    changed = bytearray(file())
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    assert result(bytes(changed)) is not Result.PASSED


def test_no_flipped_bit_in_what_no_signature_covers_passes():
    for start, end in containers(file()):
        digits = file()[start:end]
        # every digit of the container itself, and some of the padding
        length = len(digits.rstrip(b"0")) + 40
        for place in random.Random(20260122).sample(range(length), 25):  # noqa: S311 no secret
            for bit in (0, 5):
                changed = bytearray(file())
                changed[start + place] ^= 1 << bit
                assert result(bytes(changed)) is not Result.PASSED, (start, place, bit)


def containers(pdf: bytes):
    place = 0
    while (place := pdf.find(b"/Contents <", place)) >= 0:
        place += len(b"/Contents <")
        yield place, pdf.index(b">", place)


@QUICK
@given(st.data())
def test_a_shorter_file_never_passes(data):
    assert result(file()[: data.draw(st.integers(0, len(file()) - 1))]) is not Result.PASSED


@QUICK
@given(st.data())
def test_bytes_put_in_or_taken_out_never_pass(data):
    start = data.draw(st.integers(0, len(file()) - 1))
    end = data.draw(st.integers(start, min(start + 50, len(file()))))
    new = data.draw(st.binary(max_size=20))
    changed = file()[:start] + new + file()[end:]
    if changed != file():
        assert result(changed) is not Result.PASSED


@QUICK
@given(st.binary(max_size=400))
def test_garbage_never_raises(garbage):
    for pdf in (garbage, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + garbage, file() + garbage):
        facts = examine_pdf(pdf)
        assert isinstance(facts, Facts)
        assert facts.findings or pdf == file()


def test_facts_and_verdicts_travel_between_processes():
    verdicts = judge_set(above(), training_trust(), None, at=AT + timedelta(days=1))
    assert pickle.loads(pickle.dumps(above())) == above()  # noqa: S301 our own
    assert pickle.loads(pickle.dumps(verdicts)) == verdicts  # noqa: S301 our own


def test_certificates_are_not_shown_in_facts():
    assert "x00" not in repr(examine_pdf(file()))


# findings and results


def codes_in_source() -> set[str]:
    """Return each code that a module names; computed ones are left out."""
    found = set()
    for folder in ("verification", "vouched", "chain"):
        for path in Path("pkdocs", folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in catalogue():
                    found.add(node.value)
    return found


def own_codes() -> set[str]:
    return set(tomllib.loads(Path("pkdocs/messages/verification.toml").read_text()))


def test_every_sentence_is_used_and_every_code_has_one():
    computed = {"INDICATOR_UNIT_CHANGED", "INDICATOR_POLARITY_CHANGED"}
    assert own_codes() - codes_in_source() == computed


def test_both_languages_ask_for_the_same_values():
    for code in own_codes():
        named = {
            language: {field for _, field, _, _ in string.Formatter().parse(catalogue()[code][language]) if field}
            for language in LANGUAGES
        }
        assert named["id"] == named["en"], code


def test_a_finding_says_who_and_what():
    finding = find("SIGNATURE_MISSING", Step.SIGNATURES, Weight.MISSING, role=Role.FIRST, office="Camat")
    assert finding.message("en") == "Not signed yet by first party (Camat)."
    assert "Pihak Pertama (Camat)" in finding.message()
    assert finding == find("SIGNATURE_MISSING", Step.SIGNATURES, Weight.MISSING, office="Camat", role=Role.FIRST)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((), Result.PASSED),
        ((Weight.NOTE, Weight.WARNING), Result.PASSED),
        ((Weight.MISSING, Weight.NOTE), Result.INCOMPLETE),
        ((Weight.MISSING, Weight.UNKNOWN), Result.INDETERMINATE),
        ((Weight.UNKNOWN, Weight.FAIL, Weight.MISSING), Result.FAILED),
    ],
)
def test_the_heaviest_finding_decides(weights, expected):
    assert result_of(Finding("X", Step.FILE, weight) for weight in weights) is expected


@given(st.lists(st.sampled_from([result for result in Result if result is not Result.NOT_JUDGED])))
def test_the_heavier_of_results_is_one_of_them_and_none_is_heavier(results):
    heaviest = heavier(*results)
    assert heaviest in [*results, Result.PASSED]
    assert all(heaviness(one) <= heaviness(heaviest) for one in results)


def test_weights_and_results_answer_to_each_other():
    assert weight_of(Result.PASSED) is Weight.NOTE
    for result in (Result.FAILED, Result.INDETERMINATE, Result.INCOMPLETE):
        assert result_of([Finding("X", Step.FILE, weight_of(result))]) is result


def test_a_file_that_was_not_read_fails():
    facts = unread_facts("Permission denied")
    assert result_of(facts.findings) is Result.FAILED
    assert "Permission denied" in facts.findings[0].message("en")


# values on the page


RUN = ("Judul", "1", "Indeks SPBE", "4,10", "2", "Layanan", "75%")


def test_values_stand_in_order_with_anything_between():
    text = "Judul besar No. 1 Indeks\nSPBE (target) 4,10 poin 2 Lay\nanan terpadu 75 % selesai"
    assert PageText(text).missing([RUN]) is None


def test_the_first_absent_value_is_named():
    assert PageText("Judul 1 Indeks SPBE 4,20 2 Layanan 75%").missing([RUN]) == "4,10"
    assert PageText("").missing([("Judul",)]) == "Judul"


def test_a_number_inside_another_is_none():
    assert PageText("Target 75%").missing([("5%",)]) == "5%"
    assert PageText("Target 4,105").missing([("4,10",)]) == "4,10"
    assert PageText("Target 1.4,10").missing([("4,10",)]) == "4,10"
    assert PageText("Target 4,10.").missing([("4,10",)]) is None
    assert PageText("No. 1 5%").missing([("5%",)]) is None


def test_a_value_of_one_run_does_not_stand_for_another():
    first, second = ("A", "75%"), ("Triwulan", "20%", "75%")
    assert PageText("A 75% Triwulan 20% 75%").missing([first, second]) is None
    assert PageText("Triwulan 20% 75% A 75%").missing([first, second]) is None
    assert PageText("A 60% Triwulan 20% 75%").missing([first, second]) == "75%"


def test_equal_runs_need_equal_places():
    run = ("Wanasari, 22 Januari 2026", "Wali Kota")
    assert PageText("Wanasari, 22 Januari 2026 Wali Kota " * 2).missing([run, run]) is None
    assert PageText("Wanasari, 22 Januari 2026 Wali Kota ").missing([run, run]) is not None


def test_swapped_values_are_found():
    text = "A 60% B 75% Rincian 60% 75%"
    assert PageText(text).missing([("A", "75%", "B", "60%"), ("Rincian", "60%", "75%")]) is not None


def test_many_choices_end():
    runs = [("1", "2")] * 30
    assert PageText("1 2 " * 29).missing(runs) is not None


@given(st.lists(st.lists(st.text("ab1 ,%", min_size=1).filter(str.strip), min_size=1), min_size=1, max_size=4))
def test_what_is_printed_is_found(runs):
    text = "\n".join(" x ".join(run) for run in runs)
    assert PageText(text).missing([tuple(run) for run in runs]) is None
