"""Settings. Everything an installation may decide comes from the environment; docs/how-to/production.md lists it."""

import os
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF

from taizhang.accounts import policy
from taizhang.config import environment
from taizhang.kit.postgres import APPLICATION, DATABASE, OWNER, Server

PACKAGE = Path(__file__).resolve().parents[1]
HOME = environment.home()

DEMONSTRATION = environment.flag("TAIZHANG_DEMONSTRATION")
PRODUCTION = environment.flag("TAIZHANG_PRODUCTION", default=bool(os.environ.get("DATABASE_URL")) and not DEMONSTRATION)
DEBUG = environment.flag("TAIZHANG_DEBUG") and not PRODUCTION
HTTPS = environment.flag("TAIZHANG_HTTPS", default=PRODUCTION)

# Keys
_keys = environment.keys(production=PRODUCTION)
SECRET_KEY = _keys["SECRET_KEY"]
# ((id, 32 bytes), …): the first encrypts, all decrypt
TAIZHANG_KEYS = environment.encryption_keys(_keys["TAIZHANG_KEYS"])

# Applications, floor by floor
SLICES = (
    *("kit", "accounts", "statutes", "cases", "ledger", "notices", "imports", "papers", "meetings"),
    *("orgs", "party", "members", "instructors", "formation", "declarations", "stats", "desk", "audit", "reports"),
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    *(f"taizhang.{name}.apps.{name.capitalize()}Config" for name in SLICES),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.forms",
]
AUTH_USER_MODEL = "accounts.User"

MIDDLEWARE = [
    "taizhang.config.again.Again",
    "taizhang.accounts.middleware.Trace",
    "taizhang.accounts.doorstep.Doorstep",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "taizhang.config.calls.Calls",
    "taizhang.accounts.middleware.Gate",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "taizhang.config.urls"
WSGI_APPLICATION = "taizhang.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "taizhang.config.menu.context",
            ],
            "builtins": [
                "taizhang.kit.templatetags.kit",
                "taizhang.statutes.templatetags.basis",
                "taizhang.cases.templatetags.steps",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: the owner migrates and tests, the application's role serves (docs/decisions/0002-roles.md)
AS_OWNER = environment.flag("TAIZHANG_AS_OWNER")
_pool: dict[str, object] = {"min_size": 1, "max_size": 8, "timeout": 10}
if _url := os.environ.get("DATABASE_URL"):
    _owner_url = os.environ.get("DATABASE_OWNER_URL")
    _database = environment.database_from(_owner_url if AS_OWNER and _owner_url else _url)
    _database["ASSUME_APPLICATION"] = not AS_OWNER and not _owner_url
else:
    _database = {
        "NAME": DATABASE,
        "USER": OWNER if AS_OWNER else APPLICATION,
        "HOST": str(Server(HOME).sockets),
        "EMBEDDED_HOME": HOME,
        "OPTIONS": {},
    }
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "taizhang.kit.database",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_database["OPTIONS"], **({} if AS_OWNER else {"pool": _pool})},  # type: ignore[dict-item]
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField(db_index=True)  # from a row of the audit to what it changed

# The audit: how many days it is kept; 0 is for ever (`taizhang audit prune`)
AUDIT_KEEP_DAYS = environment.audit_keep_days(os.environ.get("TAIZHANG_AUDIT_KEEP_DAYS", ""))

# Language and time
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [PACKAGE / "config" / "locale"]

# Sign-in
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "taizhang.accounts.passwords.PolicyValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# What is asked of those who sign in (accounts/data/policies.toml); nobody need carry a telephone to look at a demonstration
SIGN_IN_POLICY = policy.chosen(
    os.environ.get("TAIZHANG_SIGN_IN_POLICY") or policy.DEFAULT,
    second_step=os.environ.get("TAIZHANG_SECOND_STEP") or ("" if PRODUCTION else "none"),
)
# Of each process, whoever they come from: hashing is dear, and pages go before guesses
WRONG_PASSWORDS_AT_ONCE, WRONG_PASSWORDS_A_SECOND = 5, 0.4
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "taizhang.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "taizhang.accounts.adapter.MultiFactorAdapter"
ACCOUNT_FORMS = {"login": "taizhang.accounts.forms.SignInForm"}
# Passwords are counted by accounts.attempts; these are for the six digits and for changing the password.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "20/5m/ip,5/5m/key", "change_password": "5/m/user"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * int(os.environ.get("TAIZHANG_FRESH_MINUTES", "10"))
MFA_FORMS = {
    "authenticate": "taizhang.accounts.forms.SixDigitsForm",
    "reauthenticate": "taizhang.accounts.forms.SixDigitsAgainForm",
    "activate_totp": "taizhang.accounts.forms.FirstDigitsForm",
}
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_TOTP_ISSUER = "台账"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TAIZHANG_PROXIES", "0"))

# Programs that call the API
TOKEN_DAYS = int(os.environ.get("TAIZHANG_TOKEN_DAYS", "366"))
CALLS_PER_MINUTE = int(os.environ.get("TAIZHANG_CALLS_PER_MINUTE", "600"))
CALLS_PER_MINUTE_AND_ADDRESS = int(os.environ.get("TAIZHANG_CALLS_PER_MINUTE_AND_ADDRESS", "3000"))

# Sessions and cookies
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 3600 * (SIGN_IN_POLICY.absolute_hours or 24)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# Browser security
ALLOWED_HOSTS = os.environ.get("TAIZHANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],  # the icons in Tabler's style sheet, the code shown to an authenticator
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Files
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("TAIZHANG_STATIC_ROOT") or environment.installed_at() / "staticfiles")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = Path(os.environ.get("TAIZHANG_MEDIA_ROOT") or HOME / "files")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = environment.passing_folder()
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20

# The tables that come in, resolved at run time: the office's slices know no register
SHEETS = {
    "units": "orgs.workbook:units",
    "organisations": "orgs.workbook:organisations",
    "party": "party.workbook:party_organisations",
    "people": "members.workbook:people",
}
# What falls due, asked every hour by `notices`, which stands below whoever knows it
DUES = (
    "taizhang.notices.sources.TURNS",
    "taizhang.papers.due.PAPERS",
    "taizhang.meetings.due.SITTINGS",
    "taizhang.members.due.TERMS",
    "taizhang.members.due.CONVERSIONS",
    "taizhang.declarations.due.DECLARATIONS",
)
WORKBOOK_LINES = "taizhang.imports.reading.whole.lines"  # for forms of lower slices that take a list
# The procedures that bring cases to a sitting, resolved at run time: `meetings` stands below them
PROCEDURES = {"formation": "taizhang.formation.sittings"}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000  # one field for each column of a wide workbook

# Papers: a folder with the fonts that GB/T 9704-2012 names; Noto stands in for those that are not there
PAPER_FONTS = os.environ.get("TAIZHANG_FONTS", "")
TAIZHANG_DIGESTS = os.environ.get(
    "TAIZHANG_DIGESTS", ""
)  # a file outside, to which the worker adds the digest of each day

# Mail: by a server, or into a folder of the demonstration; where there is neither, people are told on screen alone
ADDRESS = os.environ.get("TAIZHANG_ADDRESS", "http://127.0.0.1:8000").rstrip(
    "/"
)  # in letters: where people open the product
MAILS = bool(os.environ.get("TAIZHANG_SMTP_HOST")) or DEMONSTRATION
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("TAIZHANG_SMTP_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_TIMEOUT = 20
EMAIL_HOST = os.environ.get("TAIZHANG_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("TAIZHANG_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("TAIZHANG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TAIZHANG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("TAIZHANG_SMTP_TLS")
EMAIL_USE_SSL = environment.flag("TAIZHANG_SMTP_SSL")
DEFAULT_FROM_EMAIL = os.environ.get("TAIZHANG_MAIL_FROM", "taizhang@localhost")

# Kinds of matters that are dealt with on the page of a noun above (cases.matters)
MATTERS = {
    "declarations:declaration": "declarations.declaration",
    "declarations:round": "declarations.round",
    "formation:application": "formation.application",
}

# The page of each noun; tests/test_menu.py holds that they exist
PAGES = {
    "accounts.errand": "accounts:errand",
    "accounts.handout": "accounts:handout",
    "accounts.unit": "desk:unit",
    "accounts.auditrecord": "audit:detail",
    "audit.opening": "audit:opening",
    "cases.case": "cases:detail",
    "cases.step": "cases:step",
    "imports.batch": "imports:detail",
    "notices.due": "notices:detail",
    "notices.reminding": "notices:reminding",
    "papers.paper": "papers:detail",
    "meetings.body": "meetings:body",
    "meetings.sitting": "meetings:detail",
    "formation.application": "formation:detail",
    "formation.grouping": "formation:grouping",
    "declarations.round": "declarations:round",
    "declarations.sending": "declarations:sending",
    "declarations.declaration": "declarations:detail",
    "orgs.organization": "desk:organization",
    "party.partyorganization": "party:detail",
    "members.person": "members:detail",
    "instructors.instructor": "instructors:detail",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"procrastinate.blueprints": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TAIZHANG_LOG", "INFO" if PRODUCTION else "WARNING")},
}
