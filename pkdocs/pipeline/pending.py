"""A timestamp that is there while not all its records are: what a run that was killed leaves to the next."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkdocs.files import read_regular, write_atomic
from pkdocs.preservation import HashTree
from pkdocs.schema import SchemaError, from_json, parse_json, to_json
from pkdocs.signing.timestamp import read_stamped
from pkdocs.verification.algorithms import DIGESTS
from pkdocs.verification.token import TokenError

FILE_NAME: Final = ".pkdocs-seal.json"
SCHEMA: Final = "pkdocs-sealing/1"


@dataclass(frozen=True, slots=True)
class Pending:
    """A tree, and the token over its root."""

    tree: HashTree
    token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Written:
    """The same in a file: ``leaves`` in hexadecimal, ``token`` in base64."""

    schema: str
    hashing: str
    leaves: tuple[str, ...]
    token: str


def read_pending(folder: Path) -> Pending | None:
    """Return what was left in ``folder``; None where there is nothing, or nothing that holds."""
    try:
        written = from_json(_Written, parse_json(read_regular(folder / FILE_NAME)), schema=SCHEMA)
        if written.hashing not in DIGESTS:
            return None
        tree = HashTree(written.hashing, map(bytes.fromhex, written.leaves))
        token = base64.b64decode(written.token, validate=True)
        read_stamped(token, tree.root, tree.hashing)
    except (OSError, SchemaError, ValueError, binascii.Error, TokenError):
        # it saves one request for a timestamp, no more
        return None
    return Pending(tree, token)


def write_pending(folder: Path, pending: Pending) -> None:
    """Keep ``pending`` until its records are written."""
    leaves = tuple(leaf.hex() for leaf in pending.tree.leaves)
    written = _Written(SCHEMA, pending.tree.hashing, leaves, base64.b64encode(pending.token).decode("ascii"))
    write_atomic(folder / FILE_NAME, json.dumps(to_json(written)).encode("ascii"))


def forget_pending(folder: Path) -> None:
    """Forget it: all records are there."""
    (folder / FILE_NAME).unlink(missing_ok=True)
