"""What the log says: counts, codes, ids; nothing that could be somebody's."""

import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.log import (
    MOST_IDS,
    SCHEMA,
    Code,
    Event,
    Line,
    codes_of,
    codes_of_error,
    counted,
    counts_of,
    text_of,
)
from pkdocs.schema import NewerSchemaError, from_json, to_json

INSP, SETDA = "PK-2026-INSP-1", "PK-2026-SETDA-2"
NIP = "197111021996032992"
LINE = Line(SCHEMA, "2026-01-22T01:00:00.000+00:00", "a" * 32, "0.1.0", Event.END, "sign", exit=1, counts={"signed": 2})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([INSP, NIP, "PAPER", "fail"]),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "code", "weight", "severity", "x", "findings", NIP]) | st.text(), below
        )
    ),
    max_leaves=20,
)


def test_a_line_is_read_as_it_was_written() -> None:
    line = Line(
        **{name: getattr(LINE, name) for name in Line.__dataclass_fields__} | {"codes": (Code("PAPER", 1, (INSP,)),)}
    )
    assert from_json(Line, json.loads(json.dumps(to_json(line))), schema=SCHEMA) == line
    with pytest.raises(NewerSchemaError):
        from_json(Line, {"schema": "pkdocs-log/2"}, schema=SCHEMA)


def test_counts_are_integers_and_lengths_by_their_names() -> None:
    given = {
        "batch": "x",
        "signed": [{}, {}],
        "waiting": [],
        "people": 72,
        "yes": True,
        "counts": {"error": 3, NIP: 1},
        "set": {"result": "a", "findings": [1]},
        NIP: 5,
    }
    assert dict(counts_of(given)) == {"signed": 2, "waiting": 0, "people": 72, "counts.error": 3, "set.findings": 1}


@pytest.mark.parametrize("given", [None, [], "x", 1, [{"people": 1}]])
def test_what_has_no_names_has_no_counts(given: object) -> None:
    assert list(counts_of(given)) == []


def test_codes_are_named_with_the_agreement_that_they_are_in() -> None:
    given = {
        "refused": [
            {"id": INSP, "code": "SIGN_ALTERED", "message": NIP},
            {"id": f"/x/{NIP}.pdf", "code": "SIGN_DAMAGED"},
        ],
        "agreements": [
            {
                "id": SETDA,
                "findings": [
                    {"code": "PAPER", "weight": "unknown"},
                    {"code": "TRAINING", "weight": "warning"},
                    {"code": "REGISTER_ABSENT", "weight": "note"},
                ],
            }
        ],
        "findings": [{"severity": "error", "code": "KEY_TWICE"}, {"severity": "error", "code": "no code"}, {"code": 5}],
    }
    assert sorted(codes_of(given), key=str) == [
        ("KEY_TWICE", None),
        ("PAPER", SETDA),
        ("REGISTER_ABSENT", None),
        ("SIGN_ALTERED", INSP),
        ("SIGN_DAMAGED", None),
        ("TRAINING", None),
    ]


@given(JSON)
def test_whatever_a_command_gives_only_the_harmless_is_taken(value: object) -> None:
    taken = json.dumps([dict(counts_of(value)), list(codes_of(value))])
    assert NIP not in taken
    assert set(json.loads(taken)[1] and [code for code, _ in json.loads(taken)[1]]) <= {"PAPER"}
    assert {identity for _, identity in json.loads(taken)[1]} <= {INSP, None}


def test_an_id_that_holds_a_persons_number_is_not_named() -> None:
    assert list(codes_of([{"id": f"PK-2026-{NIP}-1", "code": "PAPER"}])) == [("PAPER", None)]


def test_what_stopped_a_command_is_named_with_the_agreements_in_it() -> None:
    stop = ConflictError("SIGNED_WOULD_CHANGE", ids=f"{INSP}, {SETDA}, {NIP}", count=2)
    assert list(codes_of_error(stop)) == [("SIGNED_WOULD_CHANGE", INSP), ("SIGNED_WOULD_CHANGE", SETDA)]
    assert list(codes_of_error(UsageError("USAGE", reason=NIP, command="x"))) == [("USAGE", None)]
    assert list(codes_of_error(PkdocsError("PKI_NUMBER", name="Citra Maheswari"))) == [("PKI_NUMBER", None)]


def test_codes_are_counted_and_their_agreements_named_once() -> None:
    many = [("PAPER", f"PK-2026-A.{number}-1") for number in range(MOST_IDS + 5)]
    paper, altered = counted([("SIGN_ALTERED", INSP), ("SIGN_ALTERED", INSP), ("SIGN_ALTERED", None), *many])
    assert altered == Code("SIGN_ALTERED", 3, (INSP,))
    assert (paper.count, len(paper.ids)) == (MOST_IDS + 5, MOST_IDS)


@pytest.mark.parametrize(
    ("template", "args", "said"),
    [
        ("step %d: %s", (3, "ValueError"), "step 3: ValueError"),
        ("step %d: %s", (3, "Citra Maheswari"), "step 3: …"),
        ("no %s", (NIP,), "no …"),
        ("step %d", ("Citra",), "step %d"),
        ("100 %", (), "100 %"),
        ("100 %", (5,), "100 %"),
        ("at %(x)s", ({"x": "Citra"},), "at %(x)s"),
        ("at %s", ("KeyError: Citra",), "at …"),
    ],
)
def test_a_record_says_numbers_and_exceptions_alone(template: str, args: Any, said: str) -> None:
    assert text_of(logging.LogRecord("pkdocs.x", logging.WARNING, "x.py", 1, template, args, None)) == said
