"""PAdES baseline levels (ETSI EN 319 142-1, 6): how long a signature can be shown to be good."""

from enum import StrEnum


class Level(StrEnum):
    """B: the signature; T: with a timestamp; LT: with validation data; LTA: with a timestamp over these."""

    B = "b"
    T = "t"
    LT = "lt"
    LTA = "lta"

    @property
    def is_stamped(self) -> bool:
        """Whether the signature itself has a timestamp."""
        return self is not Level.B

    @property
    def is_long(self) -> bool:
        """Whether validation data follow the signature."""
        return self in {Level.LT, Level.LTA}
