"""Who promises what to whom, parents first."""

from pkdocs.cascade.agreement import Agreement, Cascade
from pkdocs.cascade.build import build_cascade, reference_problems

__all__ = ["Agreement", "Cascade", "build_cascade", "reference_problems"]
