"""Immigration detainers: the facts of Form I-247A, their clocks, and what is told of them."""
