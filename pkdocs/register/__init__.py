"""The register of a year: an append-only list and its signed head (docs/chain.md, section 4)."""
