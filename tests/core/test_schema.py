"""The shapes of JSON: strict both ways, canonical, nothing unknown carried along."""

import json
import pickle
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.schema import (
    MAX_DEPTH,
    MAX_INTEGER,
    NewerSchemaError,
    SchemaError,
    canonical,
    demand_schema,
    from_json,
    is_plain_text,
    parse_canonical,
    to_json,
)


class Colour(StrEnum):
    RED = "merah"
    BLUE = "biru"


@dataclass(frozen=True)
class Leaf:
    text: str
    colour: Colour = Colour.RED
    day: date | None = None
    count: int | None = None
    sure: bool | None = None

    def __post_init__(self) -> None:
        if self.text == "terlarang":
            raise ValueError("a word that must not be")


@dataclass(frozen=True)
class Tree:
    name: str
    leaves: tuple[Leaf, ...] = ()
    notes: Mapping[Colour, str] = field(default_factory=lambda: MappingProxyType({}))
    below: "Tree | None" = None


REFUSED = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
PLAIN = st.text(max_size=12).map(lambda text: unicodedata.normalize("NFC", text)).filter(is_plain_text)
LEAVES = st.builds(
    Leaf,
    text=PLAIN.filter(lambda text: text != "terlarang"),
    colour=st.sampled_from(Colour),
    day=st.none() | st.dates(),
    count=st.none() | st.integers(-MAX_INTEGER, MAX_INTEGER),
    sure=st.none() | st.booleans(),
)
TREES = st.recursive(
    st.builds(
        Tree,
        name=PLAIN,
        leaves=st.lists(LEAVES, max_size=3).map(tuple),
        notes=st.dictionaries(st.sampled_from(Colour), PLAIN),
    ),
    lambda below: st.builds(Tree, name=PLAIN, below=below),
    max_leaves=4,
)
LEAF = Leaf("daun", Colour.BLUE, date(2026, 1, 22), 7, sure=True)


@dataclass(frozen=True)
class Letter:
    schema: str
    text: str


@given(TREES)
def test_canonical_bytes_read_as_the_value_that_gave_them(tree: Tree) -> None:
    data = canonical(tree)
    assert parse_canonical(Tree, data) == tree
    assert canonical(parse_canonical(Tree, data)) == data


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_a_schema_error(data: bytes) -> None:
    try:
        value = parse_canonical(Tree, data)
    except SchemaError:
        return
    assert canonical(value) == data


def test_absent_stands_for_none_and_for_the_empty_tuple() -> None:
    assert to_json(Tree("pohon")) == {"name": "pohon", "notes": {}}
    assert from_json(Tree, {"name": "pohon"}) == Tree("pohon")


def test_names_are_sorted_and_text_stays_as_it_is() -> None:
    written = '{"colour":"biru","count":7,"day":"2026-01-22","sure":true,"text":"dé/\\"é"}'
    assert canonical(replace(LEAF, text='dé/"é')) == written.encode()


@pytest.mark.parametrize(
    "data",
    [
        b'{"colour":"merah","text":"a","text":"a"}',
        b'{"text":"a","colour":"merah"}',
        b'{"colour": "merah","text":"a"}',
        b'{"colour":"merah","text":"\\u0061"}',
        b'{"colour":"merah","text":"a"}\n',
        b'{"text":"a"}',
        '{"colour":"merah","text":"a"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"colour":"merah","text":"a"}',
    ],
    ids=[
        "duplicate key",
        "other order",
        "a space",
        "an escape",
        "a line end",
        "a default left out",
        "UTF-16",
        "a mark",
    ],
)
def test_another_form_of_the_same_value_is_refused(data: bytes) -> None:
    with pytest.raises(SchemaError, match=r"canonical|lacks colour"):
        parse_canonical(Leaf, data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe\xfd",
        b"[" * 100_000,
        b'{"text":"a","count":' + b"9" * 5000 + b"}",
    ],
    ids=["nothing", "cut off", "no UTF-8", "a tower of lists", "a number without end"],
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(SchemaError, match="not JSON"):
        parse_canonical(Leaf, data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more": 1}, "unknown more"),
        ({"text": None}, "text: not str"),
        ({"text": 5}, "text: not str"),
        ({"count": 7.0}, "count: not int"),
        ({"count": True}, "count: not int"),
        ({"count": "7"}, "count: not int"),
        ({"count": MAX_INTEGER + 1}, "small integer"),
        ({"count": -MAX_INTEGER - 1}, "small integer"),
        ({"count": None}, "count: not int"),
        ({"sure": 1}, "sure: not bool"),
        ({"colour": "hijau"}, "colour"),
        ({"colour": 1}, "colour: not text"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": 20260122}, "day: not text"),
        ({"text": "e\u0301"}, "plain text"),
        ({"text": "a\u202eb"}, "plain text"),
        ({"text": "a\u2028b"}, "plain text"),
        ({"text": "a\tb"}, "plain text"),
        ({"text": "a\ud800"}, "plain text"),
        ({"text": "\ue000"}, "plain text"),
        ({"text": "terlarang"}, "must not be"),
    ],
)
def test_one_wrong_field_is_refused_by_name(change: dict[str, object], said: str) -> None:
    good = to_json(LEAF)
    assert from_json(Leaf, good) == LEAF
    with pytest.raises(SchemaError, match=said):
        from_json(Leaf, good | change)


def test_an_absent_field_is_named() -> None:
    with pytest.raises(SchemaError, match=r"\$: lacks text"):
        from_json(Leaf, {"colour": "merah"})


@pytest.mark.parametrize("raw", [None, [], "a", 1])
def test_what_is_no_object_is_refused(raw: object) -> None:
    with pytest.raises(SchemaError, match=r"\$: not an object"):
        from_json(Tree, raw)


@pytest.mark.parametrize("leaves", [[], {}, "a", None])
def test_a_list_is_a_list_with_entries(leaves: object) -> None:
    with pytest.raises(SchemaError, match="leaves: not a list with entries"):
        from_json(Tree, {"name": "a", "leaves": leaves})


def test_the_wrong_entry_of_a_list_is_named() -> None:
    with pytest.raises(SchemaError, match=r"\$\.leaves\[1\]\.text"):
        from_json(Tree, {"name": "a", "leaves": [{"text": "a"}, {"text": 1}]})


@pytest.mark.parametrize("notes", [[], {"hijau": "a"}, {"merah": 1}])
def test_a_mapping_has_names_and_entries_of_its_kinds(notes: object) -> None:
    with pytest.raises(SchemaError, match="notes"):
        from_json(Tree, {"name": "a", "notes": notes})


def test_nesting_has_an_end() -> None:
    raw: dict[str, object] = {"name": "a"}
    for _ in range(MAX_DEPTH):
        raw = {"name": "a", "below": raw}
    with pytest.raises(SchemaError, match="nested too deeply"):
        from_json(Tree, {"name": "a", "below": raw})


@pytest.mark.parametrize("value", [1.5, Decimal(1), b"a", None, [1], {1, 2}, Leaf])
def test_values_without_a_place_are_not_written(value: object) -> None:
    with pytest.raises(SchemaError, match="no place for"):
        to_json((value,))


@pytest.mark.parametrize("value", ["e\u0301", "a\u200fb", "a\nb", MAX_INTEGER + 1])
def test_values_that_could_not_be_read_are_not_written(value: object) -> None:
    with pytest.raises(SchemaError):
        to_json({"a": value})


def test_the_largest_integer_passes() -> None:
    assert json.loads(canonical(replace(LEAF, count=MAX_INTEGER)))["count"] == MAX_INTEGER


@given(st.integers(2, 9999))
def test_a_newer_number_is_told_from_damage(number: int) -> None:
    raw = {"schema": f"surat/{number}", "colour": "biru"}
    data = json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()
    for read in (
        lambda: demand_schema(raw, "surat/1"),
        lambda: from_json(Letter, raw, schema="surat/1"),
        lambda: parse_canonical(Letter, data, schema="surat/1"),
    ):
        with pytest.raises(NewerSchemaError) as stop:
            read()
        assert stop.value.params == {"found": f"surat/{number}", "known": "surat/1"}
        assert str(stop.value) == f"schema surat/{number} is newer than surat/1"


def test_the_schema_that_is_known_passes() -> None:
    letter = Letter("surat/3", "a")
    assert parse_canonical(Letter, canonical(letter), schema="surat/3") == letter
    # what an older number means is for the kind to say
    assert from_json(Letter, {"schema": "surat/2", "text": "a"}, schema="surat/3") == Letter("surat/2", "a")


@pytest.mark.parametrize(
    "raw",
    [
        *({"schema": named} for named in ("surat", "surat/", "surat/0", "surat/01", "surat/-2", "surat/12345")),
        *(
            {"schema": named}
            for named in ("surat/2\n", "surat/\u0662", "Surat/2", "resep/1", "surat/1/2", 1, None, ["surat/1"])
        ),
        {},
        [],
        None,
        "surat/1",
    ],
)
def test_another_schema_or_none_is_refused(raw: object) -> None:
    with pytest.raises(SchemaError, match="schema is not surat/1") as stop:
        demand_schema(raw, "surat/1")
    assert not isinstance(stop.value, NewerSchemaError)


def test_a_newer_schema_survives_pickling() -> None:
    again = pickle.loads(pickle.dumps(NewerSchemaError("surat/2", "surat/1")))  # noqa: S301 - made here
    assert (type(again), again.params) == (NewerSchemaError, {"found": "surat/2", "known": "surat/1"})


@given(st.text(max_size=12) | st.text(st.characters(max_codepoint=127), max_size=12))
def test_text_is_plain_by_the_kinds_of_its_characters_alone(written: str) -> None:
    kinds = {unicodedata.category(character) for character in written}
    assert is_plain_text(written) == (unicodedata.is_normalized("NFC", written) and not kinds & REFUSED)
