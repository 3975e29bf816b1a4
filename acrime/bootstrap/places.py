"""Where things lie. Everything set-up makes is under ``.venv``, ``var`` or ``static/uswds``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
MANAGE = (PYTHON, str(ROOT / "manage.py"))
VAR = ROOT / "var"
LOGS = VAR / "log"
ENV_FILE = VAR / "acrime.env"
REQUIREMENTS = ROOT / "requirements"
USWDS_LOCK = ROOT / "static" / "uswds.lock.json"
USWDS = ROOT / "static" / "uswds"
