"""``python3 -m acrime.bootstrap <command> [arguments]``.

Written so that an old Python can read it: it must be able to say that it is too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # an older Python may well be the one that is asked
    sys.exit(
        "The portal needs Python 3.11 or newer; this one is %d.%d.\n"  # noqa: UP031
        "Name a newer one, for example: make run PYTHON=python3.11" % sys.version_info[:2]
    )

from acrime.bootstrap.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
