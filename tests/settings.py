"""The settings of the tests: the product's own, from an environment that the tests choose."""

import os

from tests.services import database_url

OUTSIDE = (
    "DJANGO_",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_",
    "MEDIA_ROOT",
    "EMAIL_",
    "STATIC_COLLECTED",
    "LOG_LEVEL",
    "SITE_URL",
    "SESSION_IDLE_MINUTES",
    "SUPPORT_CONTACT",
)
for name in [name for name in os.environ if name.startswith(OUTSIDE) and name != "DJANGO_SETTINGS_MODULE"]:
    del os.environ[name]
os.environ |= {
    "DJANGO_SECRET_KEY": "only-for-tests",
    "DATABASE_URL": database_url(),
    # Playwright's loop makes Django believe that it is called from async code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    "LOG_LEVEL": "WARNING",
}

from dvctt.settings import *  # noqa: E402, F403, TID251
from dvctt.settings import DATABASES, MIDDLEWARE, TEMPLATES  # noqa: E402, TID251

DATABASES["default"]["TEST"] = {"NAME": f"dvctt_test_{os.getpid()}"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The live server hands out static files itself; the test client asks for none.
MIDDLEWARE = [entry for entry in MIDDLEWARE if "whitenoise" not in entry]
AXES_ENABLED = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if os.environ.get("TEST_COVERAGE"):
    TEMPLATES[0]["OPTIONS"] |= {"debug": True}  # the coverage of templates is read from their debug nodes
