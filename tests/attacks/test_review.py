"""Attacks found in review of the design (docs/verification.md, 81-100): one change, and what names it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pkdocs.chain import Exhibit, PageCheck
from pkdocs.content import MAX_CONTENT_BYTES, Role, parse_content
from pkdocs.register import State
from pkdocs.register.lines import ENDED_SCHEMA, AssignmentLine
from pkdocs.schema import SchemaError, canonical
from pkdocs.verification import Result, Weight, examine_pdf
from tests.chain.kit import AT, LEAF, ROOT, amended, codes, exhibit, judge, verdict
from tests.chain.test_force import at_time
from tests.chain.test_register import FILES, LINES, changed, is_listed, judged, leaf
from tests.cli.runner import pkdocs
from tests.issued import issued
from tests.signed import signed, training_trust
from tests.stamping import STAMPED
from tests.verification.test_proof import trust


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"year":2026', b'"year":2026,"year":2026'),
        (b'"year":2026', b'"year":2026.0'),
        (b'"year":2026', b'"year":2.026e3'),
        (b'"Wanasari"', '"Wanasari\u202e"'.encode()),
        (b'"Wanasari"', b'"Wanasar\\u0069"'),
        (b'"Wanasari"', '"Wanasare\u0301"'.encode()),
        (b'{"', b'{ "'),
        (b'"version":1', b'"version":1,"zusatz":1'),
    ],
    ids=[
        "a key twice",
        "a fraction",
        "an exponent",
        "a direction",
        "an escape",
        "NFD",
        "a space",
        "an unknown key",
    ],
)
def test_other_ways_to_write_the_same_content_are_none(old, new):  # 85
    data = canonical(ROOT)
    assert parse_content(data) == ROOT
    assert old in data
    with pytest.raises(SchemaError):
        parse_content(data.replace(old, new, 1))
    with pytest.raises(SchemaError):
        parse_content(data + b" " * MAX_CONTENT_BYTES)


def test_a_content_that_cannot_be_read_is_a_finding_of_its_file():  # 85
    from tests.verification.forge import altered

    def spoilt(document):
        stream = document.Root.Names.EmbeddedFiles.Names[1].EF.F
        stream.write(stream.read_bytes().replace(b'"year":2026', b'"year":2026.0'))

    assert "CONTENT_UNREADABLE" in {finding.code for finding in examine_pdf(altered(issued(ROOT), spoilt)).findings}


def test_a_page_of_a_changed_template_differs():  # 84
    judged_page = judge(replace(exhibit(ROOT), page=PageCheck.DIFFERENT))
    assert ("PAGE_DIFFERS" in codes(verdict(judged_page, ROOT)), verdict(judged_page, ROOT).own) == (
        True,
        Result.FAILED,
    )


def test_other_bytes_of_a_listed_content_are_named():  # 84, 89
    listed = next(line for line in LINES if is_listed(line))
    assert codes(leaf(changed(LINES, is_listed, issued=replace(listed.issued, digest="5" * 64)))) == {"ISSUE_OTHER"}


def test_a_listed_file_cut_back_to_an_earlier_revision_is_named():  # 88
    cut = Exhibit("leaf.pdf", examine_pdf(signed(LEAF, (Role.FIRST,))))
    assert {"FILE_CUT_BACK", "SIGNATURE_MISSING"} <= codes(leaf(LINES, *FILES[:2], cut))


def test_a_draft_that_was_replaced_and_signed_all_the_same_is_named():  # 90
    drafted = changed(LINES, is_listed, state=State.ISSUED, signed=None)
    line = next(line for line in drafted if is_listed(line))
    one = leaf([*drafted, replace(line, void=True)])
    assert (codes(one), one.own) == ({"DRAFT_REPLACED"}, Result.FAILED)


def test_an_amendment_dated_back_counts_from_its_proof():  # 92
    later = amended(LEAF, first_day=STAMPED.date())
    late = STAMPED + timedelta(days=30)
    file = at_time(later, late)
    at = late + timedelta(days=1)
    one = verdict(judge(*FILES, file, trust=trust(AT, late), at=at), later)
    assert "AMENDMENT_COMPLETED_LATE" in codes(one)
    assert one.counts_from == late.date()


def test_a_register_that_calls_a_signed_agreement_withdrawn_ends_nothing():  # 93
    ended = changed(LINES, is_listed, state=State.WITHDRAWN, signed=None, schema=ENDED_SCHEMA)
    one = leaf(ended)
    found = {finding.code: finding.weight for finding in one.findings}
    assert (found["ENDED_AFTER_ALL_SIGNED"], one.own) == (Weight.WARNING, Result.PASSED)


def test_an_assignment_that_is_gone_from_the_list_was_never_there():  # 94
    def is_office(line):
        return isinstance(line, AssignmentLine) and line.position == LEAF.position.key

    assert "OFFICE_NOT_HELD" in codes(leaf(changed(LINES, is_office, void=True)))


def test_training_beside_real_marks_the_verdict():  # 96
    assert "TRAINING" in {finding.code for finding in verdict(judge(ROOT), ROOT).findings}
    earnest = replace(training_trust(), anchors=tuple(replace(one, training=False) for one in training_trust().anchors))
    assert {"PERSON_UNKNOWN", "TRIAL_PERSONS"} <= codes(verdict(judge(ROOT, trust=earnest), ROOT))


def test_a_trust_file_among_the_audited_files_is_not_looked_for(tmp_path: Path):  # 98
    from pkdocs.trust import render_trust

    (tmp_path / "root.pdf").write_bytes(signed(ROOT))
    (tmp_path / "trust.toml").write_bytes(render_trust(training_trust()))
    assert pkdocs("verify", tmp_path).exit == 2
    other = replace(training_trust(), organisation="Pemerintah Kota Lain")
    pinned = tmp_path.parent / f"{tmp_path.name}-trust.toml"
    pinned.write_bytes(render_trust(other))
    said = pkdocs("verify", tmp_path, "--trust", pinned, "--at", "2026-01-23T09:00:00+07:00", "--json")
    assert said.exit == 9
    (one,) = said.json["agreements"]
    assert "ORGANISATION_OTHER" in {finding["code"] for finding in one["findings"]}


def test_a_register_among_the_audited_files_is_not_used():  # 98
    without = judge(*FILES)
    assert "REGISTER_ABSENT" in {finding.code for finding in without.findings}
    assert without.result is Result.NOT_JUDGED
    assert judged(LINES).register is not None
