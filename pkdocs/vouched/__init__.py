"""Our own files that a register lists, examined at one stroke; whatever is not exactly ours is left to the long way."""

from pkdocs.vouched.examine import examine_listed
from pkdocs.vouched.thorough import examine_thoroughly
from pkdocs.vouched.value import vouched_by

__all__ = ["examine_listed", "examine_thoroughly", "vouched_by"]
