"""What a year leaves on disk: each JSON file says which shape it has."""

import json

from pkdocs.schema import demand_schema
from tests.city import Town

SCHEMAS = {
    "index.json": "pkdocs-index/1",
    "records.json": "pkdocs-pki/1",
    "enrolment.json": "pkdocs-enrolment/1",
}


def test_each_json_file_names_its_schema(town: Town) -> None:
    files = [file for folder in (town.out, town.pki) for file in folder.rglob("*.json*")]
    assert {file.name for file in files} == SCHEMAS.keys()
    for file in files:
        demand_schema(json.loads(file.read_bytes()), SCHEMAS[file.name])
