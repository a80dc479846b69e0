"""One settings file, read from the environment (see .env.example)."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dvctt.lib.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
FIXTURES_DIR = BASE_DIR / "fixtures"
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
env = Environment(os.environ)

# --- The site: who may reach it, and how ----------------------------------------------------------
DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY_FILE = Path(env.text("DJANGO_SECRET_KEY_FILE", default=str(VAR_DIR / "secret-key")))
SECRET_KEY = env.text("DJANGO_SECRET_KEY")
if not SECRET_KEY and SECRET_KEY_FILE.is_file():
    SECRET_KEY = SECRET_KEY_FILE.read_text(encoding="utf-8").strip()
if not SECRET_KEY and DEBUG:
    SECRET_KEY = "chi-dung-khi-phat-trien"  # noqa: S105 -- never outside DEBUG
env.require(
    "DJANGO_SECRET_KEY",
    SECRET_KEY,
    vi="cần một chuỗi ngẫu nhiên khi DJANGO_DEBUG tắt (`python3 run.py setup` tạo sẵn trong var/secret-key)",
    en="a random text is needed with DJANGO_DEBUG off (`python3 run.py setup` makes one in var/secret-key)",
)
PUBLIC_HOSTS = env.words("DJANGO_ALLOWED_HOSTS")
ALLOWED_HOSTS = [*PUBLIC_HOSTS, *LOOPBACK]  # this machine's own health checks always get an answer
CSRF_TRUSTED_ORIGINS = env.words("DJANGO_CSRF_TRUSTED_ORIGINS")
for origin in CSRF_TRUSTED_ORIGINS:
    if not origin.startswith(("http://", "https://")):
        env.refuse(
            "DJANGO_CSRF_TRUSTED_ORIGINS",
            f"“{origin}” phải bắt đầu bằng https:// hoặc http://",
            f"“{origin}” must begin with https:// or http://",
        )
# A site that answers to this machine alone needs no TLS; any other does, unless told otherwise.
HTTPS = env.flag("DJANGO_HTTPS", default=not DEBUG and bool(PUBLIC_HOSTS))
BEHIND_PROXY = env.flag("DJANGO_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS

# --- Database -------------------------------------------------------------------------------------
DATABASE_URL = env.address(
    "DATABASE_URL",
    schemes=["sqlite", "postgres", "postgresql"],
    default=f"sqlite:///{VAR_DIR / 'demo.sqlite3'}",  # the demonstration's; production names its own
)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        "transaction_mode": "IMMEDIATE",
    }
    if DATABASE_URL.startswith(f"sqlite:///{VAR_DIR}"):
        VAR_DIR.mkdir(exist_ok=True)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Jobs: without Redis the one web process runs them itself; with it, a Celery worker and beat do
REDIS_URL = env.address("REDIS_URL", schemes=["redis", "rediss", "unix"])
CELERY_BROKER_URL = env.address(
    "CELERY_BROKER_URL",
    schemes=["redis", "rediss", "memory"],
    default=REDIS_URL if REDIS_URL.startswith("redis") else "memory://localhost/",
)
EMBEDDED_WORKER = CELERY_BROKER_URL.startswith("memory:")
LONGEST_JOB = timedelta(minutes=30)
CELERY_TASK_TIME_LIMIT = LONGEST_JOB.total_seconds()
CELERY_TASK_IGNORE_RESULT = True  # the job's own database row is the truth
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if not EMBEDDED_WORKER:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": int(2 * LONGEST_JOB.total_seconds()),
        "unacked_restore_throttle": 1,  # else a killed worker's job comes back only after minutes
    }
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULE_FILENAME = env.text(
    "CELERY_BEAT_SCHEDULE_FILENAME", default=str(VAR_DIR / "celerybeat-schedule")
)
CELERY_BEAT_SYNC_EVERY = 1  # the schedule file's age is beat's health check
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "dvctt.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    # Every hour of work: a beat that was missed is made up for, and nobody is written to at night.
    "send-reminders": {
        "task": "indicators.tasks.send_reminders",
        "schedule": crontab(minute="10", hour="7-17"),
        "options": {"expires": 3000},
    },
    "sweep-batches": {"task": "imports.tasks.sweep_batches", "schedule": 15.0, "options": {"expires": 15}},
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "dvctt",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Files ----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# After collectstatic (the image does it) files carry their hash in the name; else they are served as is.
STATIC_COLLECTED = env.flag("STATIC_COLLECTED", default=False)
STATIC_ROOT = VAR_DIR / "static" if STATIC_COLLECTED else None
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", default=str(VAR_DIR / "demo-media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# The limit of files of figures and documents, at most that of dvctt.lib.sheets. Django spools a larger file
# to disk, so that the form can say why it refuses it; a body of many times the limit is not read at all
# (dvctt.uploads).
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_MB", default=20, at_least=1, at_most=20) * 1024 * 1024
UPLOAD_BODY_MAX_BYTES = 5 * UPLOAD_MAX_BYTES
FILE_UPLOAD_HANDLERS = [
    "dvctt.uploads.BodyLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # what is not a file: a form of a whole district's figures
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- Django ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tables2",
    "axes",
    "csp",
    "accounts",
    "documents",
    "units",
    "indicators",
    "imports",
    "targets",
    "reports",
]
MIDDLEWARE = [
    # Outermost, so that what the others refuse (a wrong host, a missing CSRF token) carries the policy too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.PrivateMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.FirstPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "dvctt.urls"
WSGI_APPLICATION = "dvctt.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.page",
                "reports.help_views.help_link",
            ],
            "libraries": {"display": "dvctt.lib.display"},
            "builtins": ["dvctt.lib.display"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "units.permissions.GrantBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# How to reach whoever looks after accounts, a telephone number; empty shows the name of the office alone.
SUPPORT_CONTACT = env.text("SUPPORT_CONTACT")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# Computers are shared: a session ends with the browser, or when nothing was asked for this long.
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * env.integer("SESSION_IDLE_MINUTES", default=30, at_least=2, at_most=24 * 60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Guessing passwords: eight wrong ones for a name from one address close it for a quarter of an hour.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "axes/lockout.html"
AXES_RESET_ON_SUCCESS = True
# Who goes on trying does not keep the account closed for its owner.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- What a page may load: its own files, nothing inline, nothing from elsewhere ------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"

# --- Mail and logs --------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.integer("EMAIL_PORT", default=587, at_least=1, at_most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
# Where people reach the site: e-mails lead there. Without it they have no link.
SITE_URL = env.address("SITE_URL", schemes=["http", "https"])
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="dvctt@localhost")
LOG_LEVEL = env.choice("LOG_LEVEL", choices=["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL, "propagate": True}},
}

if env.problems:
    raise ImproperlyConfigured(env.message())
