"""Documents at an emulator of BSrE's service: where signatures stand, and what of the service's ways is accepted."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from pkdocs.content import Role
from pkdocs.errors import SigningError
from pkdocs.outcome import demand
from pkdocs.signing import Task
from pkdocs.signing.bsre import Appearance, Version
from tests.bsre.emulator import Emulator
from tests.bsre.habits import Habits, Rewriting, seal
from tests.bsre.kit import CONTENTS, TASKS, V1, V2, at_work, codes, task_of
from tests.factory import HEAD
from tests.issued import SLOTS
from tests.signed import signed


def widget(pdf: bytes, position: int = -1) -> tuple[float, ...]:
    with pikepdf.open(BytesIO(pdf)) as document:
        return tuple(float(edge) for edge in list(document.Root.AcroForm.Fields[position].Rect))


def anything(_task: Task, _after: bytes) -> None:
    """Accept whatever comes back."""


@pytest.mark.parametrize("version", Version)
def test_signature_stands_exactly_in_the_slot_whatever_the_origin(version: Version) -> None:
    with at_work(version, accept=anything) as (holder, emulator):
        for role in Role.FIRST, Role.SECOND:
            (outcome,) = holder.sign([task_of(role=role)])
            assert widget(demand(outcome)) == SLOTS[role.value]
        assert [wish.page for wish in emulator.wishes] == [0, 0]
        assert emulator.wishes[0].reason == f"{TASKS[0].id} sebagai pihak-pertama"


@pytest.mark.parametrize("version", Version)
def test_signature_with_broken_points_stays_inside_of_the_slot(version: Version) -> None:
    with pikepdf.open(BytesIO(TASKS[0].pdf)) as document:
        field = document.Root.AcroForm.Fields[0]
        field.Rect = pikepdf.Array([320.4, 50.6, 499.7, 119.2])
        document.save(output := BytesIO())
    task = replace(TASKS[0], pdf=output.getvalue(), field=Role.FIRST.value)
    with at_work(version, accept=anything) as (holder, _):
        (outcome,) = holder.sign([task])
    assert widget(demand(outcome)) == (321, 51, 499, 119)


@pytest.mark.parametrize("version", Version)
def test_invisible_signature_has_no_place(version: Version) -> None:
    with at_work(version, appearance=Appearance(is_visible=False)) as (holder, emulator):
        (outcome,) = holder.sign(TASKS[:1])
        assert widget(demand(outcome)) == (0, 0, 0, 0)
        assert emulator.wishes[0].picture is None


@pytest.mark.parametrize("version", Version)
def test_several_documents_come_back_in_their_order(version: Version) -> None:
    with at_work(version) as (holder, emulator):
        outcomes = list(holder.sign(TASKS))
        assert [demand(outcome).startswith(task.pdf) for outcome, task in zip(outcomes, TASKS, strict=True)]
        assert [outcome.key for outcome in outcomes] == list(TASKS)
        assert emulator.asked[1:] == ["POST /api/sign/pdf"] * 2 if version is V1 else ["POST /api/v2/sign/pdf"]
        assert holder.batch == (1 if version is V1 else 20)


def test_documents_beyond_the_batch_go_in_further_calls() -> None:
    with at_work(V2, files_a_call=1) as (holder, emulator):
        assert codes(holder.sign(TASKS)) == [None, None]
        assert emulator.asked.count("POST /api/v2/sign/pdf") == 2


def test_second_signature_leaves_the_first_valid_for_other_programs(tmp_path: Path) -> None:
    with at_work(V2) as (holder, _):
        before = signed(CONTENTS[0], (Role.FIRST,))
        (outcome,) = holder.sign([task_of(role=Role.SECOND, pdf=before)])
    file = tmp_path / "dua.pdf"
    file.write_bytes(demand(outcome))
    said = run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid") == 2


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    "habits", [Habits(), Habits(own_field=False), Habits(tags=True), Habits(loose_font=True)], ids=repr
)
def test_what_others_may_do_is_accepted(version: Version, habits: Habits) -> None:
    with at_work(version, Emulator(habits)) as (holder, _):
        assert codes(holder.sign(TASKS[:1])) == [None]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("habits", "code"),
    [
        (Habits(draws_qr=True), "SIGN_NOT_ACCEPTED"),
        (Habits(signs_as="other"), "SIGN_NOT_ACCEPTED"),
        (Habits(shift=60), "SIGN_NOT_ACCEPTED"),
        (Habits(rewriting=Rewriting.UNSIGNED), "BSRE_REWRITTEN"),
    ],
    ids=repr,
)
def test_what_nobody_may_do_is_refused(version: Version, habits: Habits, code: str) -> None:
    with at_work(version, Emulator(habits)) as (holder, _):
        assert codes(holder.sign(TASKS)) == [code, code]


@pytest.mark.parametrize("version", Version)
def test_unsigned_file_is_not_sent_where_it_could_be_rewritten(version: Version) -> None:
    with at_work(version, Emulator(Habits(rewriting=Rewriting.UNSIGNED)), appends=False) as (holder, emulator):
        after_another = task_of(pdf=signed(CONTENTS[0], (Role.FIRST,)))
        first, second = holder.sign([TASKS[0], after_another])
        assert isinstance(first.error, SigningError)
        assert first.error.code == "BSRE_SEAL_FIRST"
        assert "pkdocs seal" in first.error.message("id")
        assert demand(second).startswith(after_another.pdf)
        assert emulator.signed == 1


@pytest.mark.parametrize("version", Version)
def test_sealed_file_is_appended_to_by_a_service_that_rewrites_unsigned_ones(version: Version) -> None:
    with at_work(version, Emulator(Habits(rewriting=Rewriting.UNSIGNED)), appends=False) as (holder, _):
        sealed = [replace(task, pdf=seal(task.pdf)) for task in TASKS]
        assert codes(holder.sign(sealed)) == [None, None]


@pytest.mark.parametrize("version", Version)
def test_signed_file_that_was_rewritten_is_refused(version: Version) -> None:
    with at_work(version, Emulator(Habits(rewriting=Rewriting.ALWAYS))) as (holder, _):
        sealed = task_of(role=Role.SECOND, pdf=signed(CONTENTS[0], (Role.FIRST,)))
        assert codes(holder.sign([sealed])) == ["BSRE_REWRITTEN"]


def test_certificate_of_the_emulator_names_nobody_of_ours() -> None:
    (outcome,) = open_and_sign()
    (signature,) = PdfFileReader(BytesIO(demand(outcome))).embedded_signatures
    assert "serial_number" not in signature.signer_cert.subject.native
    assert HEAD.person not in str(signature.signer_cert.subject.native)


def open_and_sign() -> list[Any]:
    with at_work(V2) as (holder, _):
        return list(holder.sign(TASKS[:1]))
