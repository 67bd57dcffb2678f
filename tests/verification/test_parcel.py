"""Facts on their way to the one that judges: the same, smaller, and shared."""

import pickle

from pkdocs.verification import Facts, examine_pdf
from pkdocs.verification.parcel import Unpacker, pack
from tests.factory import division_content, head_content
from tests.signed import signed


def facts() -> tuple[Facts, Facts]:
    return examine_pdf(signed(head_content())), examine_pdf(signed(division_content()))


def test_facts_come_as_they_went() -> None:
    unpacker = Unpacker()
    for one in facts():
        assert unpacker.unpack(pack(one)) == one


def test_equal_values_of_several_files_are_one() -> None:
    unpacker = Unpacker()
    head, division = (unpacker.unpack(pack(one)) for one in facts())
    assert head.content is not None
    assert division.content is not None
    assert head.content.organisation is division.content.organisation
    assert head.signatures[0].chain[0] is division.signatures[0].chain[0]


def test_a_content_goes_without_its_canonical_bytes_and_has_them_all_the_same() -> None:
    content = head_content()
    canonical, digest = content.canonical, content.digest
    came = pickle.loads(pickle.dumps(content))  # noqa: S301  # our own
    assert canonical not in pickle.dumps(content)
    assert (came, came.canonical, came.digest) == (content, canonical, digest)
