"""What the tests of the command line share."""

from tests.city import one_look, one_office, signed_town, town, warm_office

__all__ = ["one_look", "one_office", "signed_town", "town", "warm_office"]
