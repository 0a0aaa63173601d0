"""Settings that hold everywhere. Places differ in `local`, `test` and `production`."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor  # type: ignore[import-untyped]

from gigstream.settings import env

BASE_DIR = Path(__file__).resolve().parents[2]
env.load_dotenv(BASE_DIR / ".env")
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

# --- Where this site is -------------------------------------------------------

SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}")
SOCIAL_LINKS = env.links("SOCIAL_LINKS")
ROOT_URLCONF = "gigstream.urls"
WSGI_APPLICATION = "gigstream.wsgi.application"
USE_X_FORWARDED_HOST = False
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- Apps ---------------------------------------------------------------------

INSTALLED_APPS = [
    "admin_panel",
    "admin_panel.apps.SiteAdminConfig",
    "messaging",
    "orders",
    "payments",
    "gigs",
    "accounts",
    "gigstream.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.usersessions",
    "corsheaders",
    "csp",
    "django_countries",
    "django_ratelimit",
    "django_htmx",
    "django_tasks",
    "admin_panel.apps.QueueConfig",
    "lucide",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "gigstream.core.monitoring.middleware.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Files are for everybody, a CDN as well, and small: what guards pages they do without.
    "gigstream.core.middleware.SecurityHeadersMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "gigstream.core.middleware.ContentPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "gigstream.core.api.middleware.ApiMiddleware",
    # Before all that may refuse, so that refusals are in the reader's language.
    "django.middleware.locale.LocaleMiddleware",
    "gigstream.core.middleware.OriginMiddleware",
    "gigstream.core.middleware.CountriesMiddleware",
    "gigstream.core.middleware.LimitsMiddleware",
    "gigstream.core.middleware.BadInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gigstream.core.middleware.MaintenanceMiddleware",
    "gigstream.core.middleware.ClosedByDefaultMiddleware",
    "accounts.middleware.StandingMiddleware",
    "accounts.middleware.PresenceMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "accounts.middleware.RefusalMiddleware",
    "gigstream.core.middleware.PrivateByDefaultMiddleware",
    "gigstream.core.middleware.WrongMethodMiddleware",
    "gigstream.core.middleware.BusyMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "gigstream.core.templates.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "gigstream.core.templatetags.ui",
                "django.templatetags.i18n",
                "gigstream.core.templatetags.settled",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gigstream.core.context.site",
            ],
        },
    },
]
FORM_RENDERER = "gigstream.core.forms.FormRenderer"

# --- Database -----------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": env.database(
        env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache, sessions, messages ------------------------------------------------

# Limits are counted in the cache, so all processes must share it.
CACHES: dict[str, Any] = {"default": {"BACKEND": "gigstream.core.cache.DatabaseCache"}}
if redis_url := env.text("REDIS_URL"):
    CACHES["default"] = {
        "BACKEND": "gigstream.core.cache.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
# For what is quicker to keep than to ask Redis for: rendered cards, counts of filters. Each
# process has its own; keys hold versions, or are forgotten within a minute.
CACHES["memory"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "memory",
    "OPTIONS": {"MAX_ENTRIES": 5000},
}
RATELIMIT_ENABLE = True
# The whole site, per client. 0 is for benchmarks.
RATE_LIMIT_PER_MINUTE = env.number("RATE_LIMIT_PER_MINUTE", 100)
# How many gigs the demo data has, for `seed_demo` and `dev --seed`.
DEMO_GIGS = env.number("DEMO_GIGS", 120)
RATE_LIMIT_EXEMPT = ("/healthz", "/readyz", "/metrics", "/static/", "/api/webhooks/")
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gigstream.core.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- People -------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# E-mail addresses are unique in any case, by a constraint that this check cannot see.
# Our caches count atomically, which django-ratelimit cannot know of those it has no name for.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "django_ratelimit.W001"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.BCryptHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
BCRYPT_ROUNDS = 12
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "orders:dashboard"
LOGOUT_REDIRECT_URL = "gigs:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "set_password": "accounts.forms.security.SetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None  # people choose, with a box in the login form
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Ours guard these, see core/limits.py; allauth's own stay for all else, second factors too.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ["login", "reauthenticate", "signup", "reset_password", "reset_password_from_key"]
)
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https") else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
PASSWORD_RESET_TIMEOUT = 3600

# --- Second factors, passkeys, and logins of other companies ---------------------

MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones are a little off
MFA_FORMS = {
    "authenticate": "accounts.forms.security.CodeForm",
    "reauthenticate": "accounts.forms.security.CodeAgainForm",
    "activate_totp": "accounts.forms.security.FirstCodeForm",
    "add_webauthn": "accounts.forms.security.AddPasskeyForm",
    "login_webauthn": "accounts.forms.security.PasskeyLoginForm",
    "authenticate_webauthn": "accounts.forms.security.PasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.security.PasskeyAgainForm",
    "edit_webauthn": "accounts.forms.security.RenamePasskeyForm",
}
STAFF_NEEDS_MFA = True
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.security.SocialSignupForm"}
# Somebody at another company is never taken for somebody here because of an address.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    company: {
        "APPS": [{"client_id": client_id, "secret": secret, "key": ""}],
        "OAUTH_PKCE_ENABLED": True,
    }
    for company, client_id, secret in (
        ("google", env.text("GOOGLE_CLIENT_ID"), env.text("GOOGLE_CLIENT_SECRET")),
        ("github", env.text("GITHUB_CLIENT_ID"), env.text("GITHUB_CLIENT_SECRET")),
    )
    if client_id and secret
}

# --- Languages and time -------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
FORMAT_MODULE_PATH = ["gigstream.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# When a day begins for the operator's figures, for instance Europe/Berlin.
BUSINESS_TIME_ZONE = env.text("BUSINESS_TIME_ZONE", "UTC")

# --- Static files and uploads -------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "public", BASE_DIR / "build"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gigstream.core.staticfiles.HashedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Maps of sources are large, and only somebody who looks for a fault asks for one.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
WHITENOISE_MAX_AGE = 365 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_FILE_BYTES = 10 * 1024 * 1024

# --- Background work ----------------------------------------------------------

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": [],
        "OPTIONS": {"id_function": "gigstream.core.ids.uuid7"},
    }
}

# --- Outside companies --------------------------------------------------------
# Without keys the SDKs talk to the sandbox (ARCHITECTURE: services and sandbox).
# `SANDBOX` is the one place that says whether it is mounted.

SANDBOX = False
SANDBOX_URL = f"{SITE_URL}/sandbox"
SANDBOX_DIR = VAR_DIR / "sandbox"
# Where the business clock of a demo is kept; without it time is what it is.
CLOCK_FILE: Path | None = None
# The first one encrypts; SECRET_KEY does where there is none.
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS")

STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_PUBLISHABLE_KEY = env.text("STRIPE_PUBLISHABLE_KEY")
STRIPE_WEBHOOK_SECRETS = env.words("STRIPE_WEBHOOK_SECRET")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_JS_URL = env.text("STRIPE_JS_URL", "https://js.stripe.com/v3/")
CLOUDINARY_URL = env.text("CLOUDINARY_URL")
CLOUDINARY_UPLOAD_PREFIX = env.text(
    "CLOUDINARY_UPLOAD_PREFIX", "https://api.cloudinary.com"
)
CLOUDINARY_DELIVERY_PREFIX = env.text(
    "CLOUDINARY_DELIVERY_PREFIX", "https://res.cloudinary.com"
)
RESEND_API_KEY = env.text("RESEND_API_KEY")
RESEND_WEBHOOK_SECRETS = env.words("RESEND_WEBHOOK_SECRET")
RESEND_API_URL = env.text("RESEND_API_URL", "https://api.resend.com")
# A dotted class with `send(to=, text=)`; empty means that nobody gets text messages.
SMS_BACKEND = env.text("SMS_BACKEND")
PUSHER_APP_ID = env.text("PUSHER_APP_ID")
PUSHER_KEY = env.text("PUSHER_KEY")
PUSHER_SECRET = env.text("PUSHER_SECRET")
PUSHER_CLUSTER = env.text("PUSHER_CLUSTER", "mt1")
PUSHER_HOST = env.text("PUSHER_HOST")
PUSHER_PORT = env.number("PUSHER_PORT", 443)
# The sandbox alone has no TLS, and is at whatever name the browser knows this site by.
PUSHER_TLS, PUSHER_IS_HERE = True, False
EMAIL_BACKEND = "gigstream.services.resend.EmailBackend"
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", "GigStream <hello@gigstream.example>"
)

# --- Security -----------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "script-src-attr": [NONE],
        "style-src": [SELF, NONCE],
        "style-src-attr": [NONE],
        "img-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [
            SELF,
            f"wss://{PUSHER_HOST or f'ws-{PUSHER_CLUSTER}.pusher.com'}:{PUSHER_PORT}",
        ],
        "frame-src": [NONE],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "report-uri": "/csp-report/",
        "report-to": "csp",
    }
}

# Countries, as our own proxy names them, that are not served.
GEO_COUNTRY_HEADER = env.text("GEO_COUNTRY_HEADER")
GEO_BLOCKED = frozenset(word.upper() for word in env.words("GEO_BLOCKED"))

# --- The JSON API -------------------------------------------------------------
# Other sites' pages may ask it only where they are named, and never with a cookie.

CORS_URLS_REGEX = r"^/api/(?!webhooks/)"
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
)
CORS_EXPOSE_HEADERS = ("ETag", "Idempotent-Replayed", "Retry-After")

# --- Logs and figures ---------------------------------------------------------

LOG_FORMAT = env.text("LOG_FORMAT", "line")
# Queries that take longer are logged, without their values; 0 switches this off.
SLOW_QUERY_MS = env.number("SLOW_QUERY_MS", 500)
METRICS_TOKEN = env.text("METRICS_TOKEN")
SENTRY_DSN = env.text("SENTRY_DSN")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{levelname} {name}: {message}", "style": "{"},
        "json": {"()": "gigstream.core.monitoring.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "stripe": {"level": "WARNING"},
        # A line for each request is for machines to read.
        "gigstream.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

if SENTRY_DSN:
    # By its name: what it imports asks for these settings.
    import_string("gigstream.services.sentry.start")(
        dsn=SENTRY_DSN,
        environment=env.text("SENTRY_ENVIRONMENT", "production"),
        release=env.text("RELEASE"),
        traces=env.number("SENTRY_TRACES_PERCENT", 0) / 100,
    )
