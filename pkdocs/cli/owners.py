"""Whose certificates are, as the option ``--enrolment`` says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from pkdocs.cli.base import given_key, option
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.enrolling import read_enrolment

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

enrolment_option = option("--enrolment", type=_FILE, code="OPTION_SIGN_ENROLMENT")


def owners_of(ctx: click.Context, enrolment: Path | None, person_key: Path | None) -> Mapping[bytes, str]:
    """Return whose certificates (DER) are: nobody's without a list; a table's numbers become persons by the key.

    Raises:
        CredentialError: not such a list.
    """
    if enrolment is None:
        return {}
    entries = read_enrolment(enrolment, person_key=given_key(ctx, person_key) or TRIAL_KEY)
    return {entry.certificate: entry.person for entry in entries}
