"""Production: every secret comes from the environment, and a missing one stops the start."""

from django.core.exceptions import ImproperlyConfigured

from gigstream.settings import base, env
from gigstream.settings.base import *

DEBUG = False
SECRET_KEY = env.required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SITE_URL = env.required("SITE_URL")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
DATABASES = {"default": env.database(env.required("DATABASE_URL"))}
REDIS_URL = env.required("REDIS_URL")
LOGGING["handlers"]["console"]["formatter"] = env.text("LOG_FORMAT", "json")
LOGGING["loggers"]["gigstream.requests"]["level"] = "INFO"

if len(SECRET_KEY) < 50 or "local-development" in SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY must be random and at least 50 characters long."
    )
if any(len(key) < 32 for key in ENCRYPTION_KEYS):
    raise ImproperlyConfigured(
        "Each of ENCRYPTION_KEYS must be random and at least 32 characters long."
    )
if not ALLOWED_HOSTS or any(
    host == "*" or host.startswith(".") for host in ALLOWED_HOSTS
):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name each host exactly.")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https://")

# A preview may run on the sandbox, by this one name and never beside live keys.
SANDBOX = env.flag("PREVIEW_ALLOWS_SANDBOX")
if SANDBOX:
    if env.text("STRIPE_SECRET_KEY").startswith(("sk_live", "rk_live")):
        raise ImproperlyConfigured("The sandbox is refused beside live Stripe keys.")
    from gigstream.settings.sandbox import *
else:
    for name in (
        "STRIPE_SECRET_KEY",
        "STRIPE_PUBLISHABLE_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "CLOUDINARY_URL",
        "RESEND_API_KEY",
        "RESEND_WEBHOOK_SECRET",
        "PUSHER_APP_ID",
        "PUSHER_KEY",
        "PUSHER_SECRET",
    ):
        if "sandbox" in env.required(name):
            raise ImproperlyConfigured(
                f"{name} is the sandbox's, which everybody knows."
            )

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
if METRICS_TOKEN and len(METRICS_TOKEN) < 24:
    raise ImproperlyConfigured(
        "METRICS_TOKEN must be random and at least 24 characters long."
    )
if GEO_BLOCKED and not (GEO_COUNTRY_HEADER and base.TRUSTED_PROXY_COUNT):
    raise ImproperlyConfigured(
        "GEO_BLOCKED needs GEO_COUNTRY_HEADER and TRUSTED_PROXY_COUNT, or blocks nobody."
    )
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD")
if TRUSTED_PROXY_COUNT := base.TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
STAFF_NEEDS_MFA = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
if not SANDBOX:
    _media = [
        *CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"],
        "https://res.cloudinary.com",
    ]
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] = _media
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["media-src"] = _media
