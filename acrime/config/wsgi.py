"""The server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from acrime.common.sealing import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acrime.config.settings")

application = get_wsgi_application()
# Before the server forks, so that no release waits for it in its transaction.
warm_up()
