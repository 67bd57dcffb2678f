"""The head of a newer pkdocs is told from a damaged one."""

import pytest

from pkdocs.register.head import SCHEMA, parse_head
from pkdocs.schema import NewerSchemaError


def test_a_head_of_a_newer_pkdocs_is_told_from_a_damaged_one() -> None:
    with pytest.raises(NewerSchemaError) as stop:
        parse_head(b'{"colour":"biru","schema":"pkdocs-head/3"}')
    assert stop.value.params == {"found": "pkdocs-head/3", "known": SCHEMA}
