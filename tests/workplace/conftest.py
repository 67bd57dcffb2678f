"""What the tests of the workplace share."""

from tests.city import one_office, warm_office

__all__ = ["one_office", "warm_office"]
