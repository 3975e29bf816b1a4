"""Settings of the portal. Every value from outside is parsed in ``environment``."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF

from acrime.config.environment import BASE_DIR, read_environment

ENVIRONMENT = read_environment()

# region: what it is made of
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "guardian",
    "auditlog",
    "rest_framework",
    "drf_spectacular",
    # Parts of these stand behind accounts.signing_in; none of their own pages is open.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "accounts",
    "routine_uses",
    "acrime",
]

MIDDLEWARE = [
    # Everything behind it is known under the request's id.
    "acrime.audit.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Lets allauth know which request it works for.
    "allauth.account.middleware.AccountMiddleware",
    # Ends a session that was opened with a certificate when the certificate is gone.
    "accounts.middleware.CertificateMiddleware",
    # Locks an idle session before anything behind it answers.
    "accounts.middleware.IdleLockMiddleware",
    # Holds who has no second factor yet, or a password of somebody else's choice, to that.
    "accounts.middleware.UnfinishedSignInMiddleware",
    # Refuses every URL that its declaration does not open to this user.
    "accounts.middleware.DeclaredAccessMiddleware",
    # Asks who it is once more, before what only administrators do.
    "accounts.middleware.FreshProofMiddleware",
    # Gives the readable change history its actor.
    "acrime.audit.middleware.ChangeHistoryMiddleware",
    # Personal pages are never kept by a browser or a proxy.
    "accounts.middleware.NoStoreMiddleware",
]

ROOT_URLCONF = "acrime.config.urls"
WSGI_APPLICATION = "acrime.config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.portal",
                "accounts.standing.context.standing_notices",
                "acrime.alerts.context.unread_alerts",
                "acrime.ncic.hits.context.running_clocks",
            ],
        },
    }
]
# endregion

# region: data
DATABASES: dict[str, dict[str, Any]] = {"default": ENVIRONMENT.database}
if ENVIRONMENT.test:
    # A test's server threads leave no connection behind.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
SPOOL_FOLDER = ENVIRONMENT.spool_folder
INTAKE_MOST_UNREAD = ENVIRONMENT.intake_most_unread
RESPONSE_HOURS = ENVIRONMENT.response_hours
NO_MATCH_HOURS = ENVIRONMENT.no_match_hours
CONNECTORS = ENVIRONMENT.connectors
DELIVERY_HOSTS = ENVIRONMENT.delivery_hosts
DELIVERY_ATTEMPTS = ENVIRONMENT.delivery_attempts
DELIVERY_SECONDS = ENVIRONMENT.delivery_seconds
DELIVERY_CA = ENVIRONMENT.delivery_ca
DELIVERY_CERTIFICATE = ENVIRONMENT.delivery_certificate
DELIVERY_KEY = ENVIRONMENT.delivery_key
DELIVERY_MAIL = ENVIRONMENT.delivery_mail
DELIVERY_MAIL_AS = ENVIRONMENT.delivery_mail_as
PORTAL_URL = ENVIRONMENT.portal_url
DIGEST_MINUTES = ENVIRONMENT.digest_minutes
ANSWER_DAYS = ENVIRONMENT.answer_days
EXPORT_ROWS = ENVIRONMENT.export_rows
SYNTHETIC_DATA = ENVIRONMENT.synthetic_data
SEAL_KEY = ENVIRONMENT.seal_key
SEAL_PUBLIC_KEYS = ENVIRONMENT.seal_public_keys
SEAL_FILE = ENVIRONMENT.seal_file
LEDGER_YEARS = ENVIRONMENT.ledger_years
DOCUMENT_KEY = ENVIRONMENT.document_key
# endregion

# region: sign-in and sessions
SECRET_KEY = ENVIRONMENT.secret_key
# Codes printed under an earlier key still fit.
SECRET_KEY_FALLBACKS = ENVIRONMENT.earlier_secret_keys
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
AUTHENTICATION_BACKENDS = [
    # Refuses a name with too many failures before its password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.ActiveUserBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": ENVIRONMENT.password_length},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.signing_in.validators.BannedPasswordValidator"},
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if ENVIRONMENT.test
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
LOGIN_URL = "accounts:banner"
LOGIN_REDIRECT_URL = "home"
IDLE_LOCK_MINUTES = ENVIRONMENT.idle_lock_minutes
UNUSED_DAYS = ENVIRONMENT.unused_days
REVIEW_DAY = ENVIRONMENT.review_day
PROOF_MINUTES = ENVIRONMENT.proof_minutes
DEMO_ACCOUNTS = ENVIRONMENT.demo_accounts
CERTIFICATE_PROOF = ENVIRONMENT.certificate_proof
SINGLE_SIGN_ON = ENVIRONMENT.single_sign_on
SESSION_COOKIE_AGE = ENVIRONMENT.session_hours * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.problems.csrf_failure"

# Failures are counted by axes: in the database, by a keyed hash of the name and nothing else.
AXES_HANDLER = "accounts.signing_in.lockout.NamelessHandler"
AXES_FAILURE_LIMIT = ENVIRONMENT.lock_failures
AXES_COOLOFF_TIME = timedelta(minutes=ENVIRONMENT.lock_minutes)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "accounts.signing_in.lockout.key_of"
AXES_CLIENT_IP_CALLABLE = "accounts.signing_in.lockout.no_address"
AXES_CLIENT_STR_CALLABLE = "accounts.signing_in.lockout.no_description"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Second factors are allauth's tables and ceremonies; the steps around them are our own.
MFA_ADAPTER = "accounts.signing_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "ACRIMe Portal"
MFA_PASSKEY_LOGIN_ENABLED = False
ACCOUNT_ADAPTER = "accounts.signing_in.adapters.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_ADAPTER = "accounts.signing_in.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "agency",
                "name": SINGLE_SIGN_ON.name,
                "client_id": SINGLE_SIGN_ON.client_id,
                "secret": SINGLE_SIGN_ON.client_secret,
                "settings": {
                    "server_url": SINGLE_SIGN_ON.url,
                    # Who it is and how they proved it come from one token.
                    "fetch_userinfo": False,
                    "oauth_pkce_enabled": True,
                    "scope": ["openid"],
                },
            }
        ]
        if SINGLE_SIGN_ON
        else []
    }
}

# guardian keeps the allow-list of limited records and nothing else: no monkey
# patching of the user and no anonymous user that could hold rights.
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = [
    # The rows are read by the visibility predicate, not by guardian's own backend.
    "guardian.W001",
    # A locked name is answered by our own page, not by axes' middleware.
    "axes.W002",
    # A name is locked from wherever it is tried (CJIS AC-7), so addresses do not matter.
    "axes.W006",
]
ANONYMOUS_USER_NAME = None
# endregion

# region: the browser
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        # USWDS shows a preview of a chosen file as a data: picture.
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Locally files are served from where they lie; in production collectstatic names them by content.
STATIC_ROOT = BASE_DIR / "var" / "static" if ENVIRONMENT.kind == "production" else None
WHITENOISE_USE_FINDERS = ENVIRONMENT.kind != "production"
# Tests make a server of their own for each client; it looks files up when one is asked for.
WHITENOISE_AUTOREFRESH = ENVIRONMENT.test
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.kind == "production"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# endregion

# region: time and language
USE_TZ = True
TIME_ZONE = "America/New_York"
LANGUAGE_CODE = "en-us"
USE_I18N = False
# endregion

# region: e-mail
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if ENVIRONMENT.mail.folder
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = ENVIRONMENT.mail.folder
EMAIL_HOST = ENVIRONMENT.mail.host
EMAIL_PORT = ENVIRONMENT.mail.port
EMAIL_HOST_USER = ENVIRONMENT.mail.user
EMAIL_HOST_PASSWORD = ENVIRONMENT.mail.password
EMAIL_USE_TLS = ENVIRONMENT.mail.security == "starttls"
EMAIL_USE_SSL = ENVIRONMENT.mail.security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
# endregion

# region: work in the background
CELERY_BROKER_URL = ENVIRONMENT.broker_url
if ENVIRONMENT.broker_url == "filesystem://":
    CELERY_BROKER_TRANSPORT = "acrime.config.folder:Transport"
    for _folder in ("messages", "control"):
        (ENVIRONMENT.broker_folder / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(ENVIRONMENT.broker_folder / "messages"),
        "data_folder_out": str(ENVIRONMENT.broker_folder / "messages"),
        "control_folder": str(ENVIRONMENT.broker_folder / "control"),
        # A worker looks into the folder again after each task; by default a second later, which
        # would let two of them do two tasks a second.
        "polling_interval": 0.05,
    }
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"


def _every(seconds: float, task: str) -> dict[str, Any]:
    # Each does all that waits, so that a turn which was missed needs no catching up.
    return {"task": task, "schedule": float(seconds), "options": {"expires": max(2 * seconds, 30)}}


CELERY_BEAT_SCHEDULE = {
    "watch-clocks": _every(60, "acrime.iaq.tasks.watch_clocks"),
    "take-folder": _every(5, "acrime.iaq.tasks.take_folder"),
    "read-left-behind": _every(60, "acrime.iaq.tasks.read_left_behind"),
    # What is past its limit is told within a quarter of a minute.
    "escalate-hits": _every(15, "acrime.ncic.tasks.escalate_hits"),
    "tell-of-ended-hours": _every(60, "acrime.detainers.tasks.tell_of_ended_hours"),
    "read-replies": _every(60, "acrime.iar.tasks.read_replies"),
    "reconcile-outbox": _every(60, "acrime.common.tasks.reconcile_outbox"),
    "queue-digests": _every(300, "acrime.alerts.tasks.queue_digests"),
    "prepare-ledger-partitions": _every(3600, "acrime.audit.tasks.prepare_ledger_partitions"),
    # Every hour, so that a portal that stood still catches up; what is done stays done.
    "keep-roles": _every(3600, "accounts.standing.tasks.keep_roles"),
    "close-unused": _every(3600, "accounts.standing.tasks.close_unused"),
    "seal-ledger": _every(ENVIRONMENT.seal_seconds, "acrime.audit.tasks.seal"),
    "keep-retention-clocks": _every(600, "acrime.retention.tasks.keep_clocks"),
    "verify-ledger": {"task": "acrime.audit.tasks.verify", "schedule": crontab(hour=7, minute=10)},
    "retire-ledger": {
        "task": "acrime.audit.tasks.retire",
        "schedule": crontab(day_of_month=3, hour=8, minute=10),
    },
}
# endregion

# region: API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "acrime.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["acrime.api.permissions.DeclaredAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "acrime.api.problems.problem_json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ACRIMe Portal API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["acrime.api.permissions.DeclaredAccess"],
    # Three things are called an outcome; each has a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "FollowUpOutcomeEnum": "acrime.iar.choices.Outcome",
        "ReplyOutcomeEnum": ["kept", "repeated"],
        "CallKindEnum": "acrime.calls.choices.CallKind",
        "CallStateEnum": "acrime.calls.choices.CallState",
        "DetainerStateEnum": "acrime.detainers.choices.DetainerState",
        "EntryStateEnum": "acrime.ncic.choices.EntryState",
        "TipStateEnum": "acrime.tips.choices.TipState",
    },
}
# A query message is at most 1 MiB; what is larger is still kept up to this ceiling.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
# What is uploaded never lies unsealed on a disk, not even while it comes in.
FILE_UPLOAD_HANDLERS = [
    "acrime.common.uploads.CeilingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE
# endregion

# region: change history
AUDITLOG_MASK_CALLABLE = "acrime.audit.masking.constant"
AUDITLOG_DISABLE_REMOTE_ADDR = True
# Never a header that anybody could send.
AUDITLOG_CID_HEADER = None
AUDITLOG_CID_GETTER = "acrime.common.request_ids.current"
# endregion

# region: logs carry no personal data: no request bodies, no query strings, no SQL values
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "acrime.common.faults.PlacesOnly",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "filters": {"request_id": {"()": "acrime.common.request_ids.WithRequestId"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
        # It greets at every start.
        "pikepdf": {"level": "WARNING"},
        # It would tell of each failure; the ledger does.
        "axes": {"level": "ERROR"},
    },
}
# endregion
