"""Which query comes next, and who takes it."""
