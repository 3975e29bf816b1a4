"""Setting up and running the portal on one machine, with nothing but Python's own library.

This package runs before anything is installed (``python3 -m acrime.bootstrap run``), so it
imports neither Django nor any other package of the portal; ``fill`` alone does, in its own process.
"""
