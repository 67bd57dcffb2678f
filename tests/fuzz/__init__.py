"""Hostile input made by chance: seeds, ways to spoil them, and what must hold of every reader (``make fuzz``)."""
