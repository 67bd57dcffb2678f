"""What the tests of documents share."""

from tests.city import warm_office

__all__ = ["warm_office"]
