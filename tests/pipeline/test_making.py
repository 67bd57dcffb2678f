"""Nothing is released that judging would refuse."""

import pickle
from dataclasses import replace

import pytest

from pkdocs.errors import DocumentError
from pkdocs.issue import issue_pdf
from pkdocs.pipeline.finishing import demand_fit
from tests.factory import head_content
from tests.issued import TEMPLATE_DIGEST, TOOLCHAIN, issued, source_pdf


def test_a_page_that_says_what_its_content_says_is_released() -> None:
    demand_fit(issued(head_content()), head_content().id)


def test_a_page_that_says_something_else_is_not_and_the_reason_is_what_judging_finds() -> None:
    content = head_content()
    other = replace(content, place="Sukamulya")
    page = issue_pdf(source_pdf(content), other, template_digest=TEMPLATE_DIGEST, toolchain=TOOLCHAIN)
    with pytest.raises(DocumentError) as stop:
        demand_fit(page, other.id)
    assert stop.value.code == "ISSUED_UNFIT"
    assert stop.value.params["code"] in {"PAGE_TEXT_MISSING", "QR_OTHER"}
    for error in (stop.value, pickle.loads(pickle.dumps(stop.value))):  # noqa: S301  # our own
        assert "would fail verification" in error.message("en")
        assert "akan gagal diverifikasi" in error.message("id")
