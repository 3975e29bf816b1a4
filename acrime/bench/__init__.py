"""The figures of ``make bench``: what the promises cost, on synthetic data of their own."""
