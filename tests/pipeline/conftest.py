"""What the tests of the pipelines share."""

from tests.city import one_look, one_office, signed_town, town, warm_office

__all__ = ["one_look", "one_office", "signed_town", "town", "warm_office"]
