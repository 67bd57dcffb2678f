"""What a user asks for, one call each: paths, clock and processes meet the stages here."""
