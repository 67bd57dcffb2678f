"""What the tests of the pipelines share."""

from tests.city import one_office, signed_town, town, warm_office

__all__ = ["one_office", "signed_town", "town", "warm_office"]
