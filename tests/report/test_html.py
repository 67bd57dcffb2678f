"""The report as one page: everything is said, nothing is fetched, and what others wrote stays text."""

import base64
import hashlib
import json
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from pkdocs.chain import Expected, RegisterMark, SetVerdict
from pkdocs.content import Role
from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.messages import LANGUAGES
from pkdocs.pipeline.reporting import demand_place, write_report
from pkdocs.report import FORMS, as_json, tree_lines
from pkdocs.verification import Result, Step, Weight, find
from pkdocs.verification.basis import Basis, Use
from pkdocs.verification.finding import Keeper
from tests.chain.kit import LEAF, MIDDLE, ROOT, exhibit, judge
from tests.factory import head_content, root_content
from tests.report.test_tree import AT, SET, verdict, whole
from tests.report.test_xlsx import borne

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def page(judged: SetVerdict, language: Any = "id") -> str:
    return FORMS[".html"].render(judged, language).decode()


def tree(judged: SetVerdict, language: Any = "id") -> Any:
    return html.document_fromstring(page(judged, language))


def test_every_agreement_and_finding_is_on_the_page() -> None:
    judged = judge(ROOT, MIDDLE, exhibit(LEAF, Role.FIRST))
    shown = tree(judged).text_content()
    for one in judged.agreements:
        assert str(one.id) in shown
        assert one.sha256 in shown
        for finding in one.findings:
            assert finding.code in shown
            assert finding.message("id") in shown
    assert judged.trust in shown


def test_a_file_that_could_not_be_read_is_on_the_page() -> None:
    assert "x/aneh.pdf" in tree(SET).text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language_of_the_call(language: str) -> None:
    document = tree(SET, language)
    assert document.get("lang") == language
    (title,) = document.xpath("//h1")
    assert title.text_content()


def test_nothing_is_fetched_and_only_its_own_script_and_style_may_run() -> None:
    document = tree(SET)
    assert document.xpath("//@src | //link | //iframe | //object | //base") == []
    assert {link for link in document.xpath("//@href") if not link.startswith("#")} == set()
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    for name in ("script", "style"):
        (inline,) = document.xpath(f"//{name}")
        digest = base64.b64encode(hashlib.sha256(inline.text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in re.sub(r"http-equiv", "", page(SET))


def test_what_others_wrote_stays_text() -> None:
    content = replace(root_content(), title="PERJANJIAN <b>")
    party = replace(content.parties.first, name=HOSTILE, office=HOSTILE)
    content = replace(content, parties=replace(content.parties, first=party))
    finding = find("FILE_TWICE", Step.SET, Weight.WARNING, file=HOSTILE)
    document = tree(whole(verdict(content, finding, file=HOSTILE)))
    assert len(document.xpath("//script")) == 1
    assert document.xpath("//img") == []
    assert HOSTILE in document.text_content()


def test_what_nobody_sees_is_shown() -> None:
    assert "\u202e" not in page(whole(verdict(root_content(), file="a\u202efdp.pdf")))


def test_the_same_verdict_gives_the_same_bytes() -> None:
    assert all(form.render(SET, "id") == form.render(SET, "id") for form in FORMS.values())


def test_the_register_that_was_used_is_named_in_every_form() -> None:
    mark = RegisterMark(3, "a" * 64, date(2026, 2, 1))
    judged = replace(SET, register=mark, result=Result.PASSED)
    assert mark.digest in page(judged)
    assert mark.digest in [line.text for line in tree_lines(judged, "en")][-1]
    assert as_json(judged, "en")["register"] == {"version": 3, "digest": mark.digest, "dated": "2026-02-01"}
    assert as_json(SET, "en")["register"] is None


def test_a_register_that_was_not_believed_is_told() -> None:
    assert "tidak dapat dipercaya" in page(replace(SET, result=Result.INDETERMINATE))


def test_the_json_file_is_what_standard_output_says() -> None:
    assert json.loads(FORMS[".json"].render(SET, "id")) == as_json(SET, "id")


def test_the_counts_are_those_of_the_verdict() -> None:
    rows = tree(SET).xpath("//*[contains(@class, 'results')]//tbody/tr")
    assert len(rows) == len(SET.summary)
    for row, (result, count) in zip(rows, SET.summary.items(), strict=True):
        assert str(result) in row.text_content()
        assert str(count) in row.text_content()


def test_tables_and_sections_can_be_read_aloud() -> None:
    document = tree(SET)
    assert all(cell.get("scope") for cell in document.xpath("//thead//th"))
    assert len(document.xpath("//main")) == len(document.xpath("//h1")) == 1


@pytest.mark.parametrize("name", ["laporan.docx", "laporan", "laporan.htm"])
def test_another_suffix_is_refused_before_anything_is_judged(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        demand_place(tmp_path / name)


@pytest.mark.parametrize("suffix", list(FORMS))
def test_an_earlier_report_gives_way_and_nothing_else_does(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"laporan{suffix}"
    for judged in (SET, whole(verdict(root_content()))):
        demand_place(file)
        write_report(judged, file, "id")
        assert file.read_bytes() == FORMS[suffix].render(judged, "id")
    file.write_text("catatan saya", encoding="utf-8")
    for act in (lambda: demand_place(file), lambda: write_report(SET, file, "id")):
        with pytest.raises(ConflictError):
            act()
    assert file.read_text(encoding="utf-8") == "catatan saya"


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_bytes(b"")
    with pytest.raises(PkdocsError) as stop:
        write_report(SET, tmp_path / "berkas" / "laporan.html", "id")
    assert stop.value.code == "REPORT_NOT_WRITTEN"


def test_a_place_where_nothing_can_be_written_is_refused_before_anything_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "berkas").write_bytes(b"")
    demand_place(tmp_path / "baru" / "lagi" / "laporan.html")
    for file, words in ((tmp_path / "berkas" / "laporan.html", "bagian dari"), (tmp_path / "laporan.html", "izin")):
        with pytest.raises(PkdocsError) as stop:
            demand_place(file)
        assert stop.value.code == "REPORT_NO_PLACE"
        assert words in stop.value.message("id")
        monkeypatch.setattr(os, "access", lambda *_asked: False)


def test_units_levels_agreements_and_findings_open_one_below_the_other() -> None:
    document = tree(SET)
    chain = "//details[@class='unit']/details[@class='level']/details[@class='agreement']//ul[@class='findings']/li"
    assert len(document.xpath(chain)) == sum(len(one.findings) for one in SET.agreements if one.content)


def test_the_filter_offers_what_is_there_and_waits_for_its_script() -> None:
    (form,) = tree(SET).xpath("//form")
    assert "hidden" in form.attrib
    offered = {select.get("name"): select.xpath(".//option/@value") for select in form.xpath(".//select")}
    assert offered["unit"] == ["", "u1", "u2"]
    assert offered["level"] == ["", "Kepala Daerah", "JPT Pratama", "Administrator"]
    assert offered["code"] == ["", "ABOVE", "FILE_TWICE", "SIGNATURE_MISSING", "TRAINING"]
    assert all(control.xpath("ancestor::label") for control in form.xpath(".//select | .//input"))


def test_signatures_are_told_with_level_time_and_what_was_signed() -> None:
    broken = borne(Role.SECOND, signer=None, certificate=None)
    one = replace(
        verdict(head_content()), borne=(borne(Keeper.SEAL), borne(None), broken), completed=AT.replace(day=25)
    )
    one = replace(
        one,
        findings=(
            *one.findings,
            find("COMPLETED_LATE", Step.CHAIN, Weight.WARNING, first="2026-01-22", proven="2026-01-25"),
        ),
    )
    shown = tree(whole(one), "en").text_content()
    for words in (
        "level B-T, proven to have been there at 2026-01-22",
        "its own timestamp",
        "the first 100 bytes",
        "late:",
    ):
        assert words in shown
    assert "This signature is not intact." in shown
    assert "in time:" in tree(whole(replace(one, completed=AT, findings=())), "en").text_content()


def test_what_is_required_and_not_there_is_listed_and_cut_short() -> None:
    expected = tuple(Expected(f"PK-2026-A{number}-1", "Dinas", None, "A") for number in range(502))
    shown = tree(replace(SET, expected=expected), "en").text_content()
    assert "PK-2026-A499-1" in shown
    assert "PK-2026-A500-1" not in shown
    assert "… and 2 more" in shown


def test_the_files_that_were_used_are_named_with_their_digests() -> None:
    judged = replace(SET, sources=(Basis(Use.LIST, "register.jsonl", "b" * 64),))
    (row,) = tree(judged).xpath("//section[@id='basis']//tbody/tr")
    assert row.text_content() == f"daftar registerregister.jsonl{'b' * 64}"
