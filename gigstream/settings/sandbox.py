"""Points every vendor without a key of its own to the sandbox. Refused under production settings."""

from urllib.parse import urlsplit

from csp.constants import SELF

from gigstream.settings import base, env

SANDBOX = True
SANDBOX_URL = base.SANDBOX_URL
CLOCK_FILE = base.SANDBOX_DIR / "clock"

if not base.STRIPE_SECRET_KEY:
    STRIPE_SECRET_KEY = "sk_test_sandbox"  # noqa: S105 - opens nothing but the sandbox
    STRIPE_PUBLISHABLE_KEY = "pk_test_sandbox"
    STRIPE_WEBHOOK_SECRETS = ["whsec_sandbox"]
    STRIPE_API_BASE = env.text("STRIPE_API_BASE", f"{SANDBOX_URL}/stripe")
    STRIPE_JS_URL = "/sandbox/stripe/v3/stripe.js"
if not base.CLOUDINARY_URL:
    CLOUDINARY_URL = "cloudinary://sandbox-key:sandbox-secret@gigstream"
    CLOUDINARY_UPLOAD_PREFIX = env.text(
        "CLOUDINARY_UPLOAD_PREFIX", f"{SANDBOX_URL}/cloudinary"
    )
    # Root-relative: pictures come from whatever name the browser knows this site by.
    CLOUDINARY_DELIVERY_PREFIX = "/sandbox/cloudinary"
if not base.RESEND_API_KEY:
    RESEND_API_KEY = "re_sandbox"
    RESEND_WEBHOOK_SECRETS = ["whsec_c2FuZGJveA=="]
    RESEND_API_URL = env.text("RESEND_API_URL", f"{SANDBOX_URL}/resend")
if not base.SMS_BACKEND:
    SMS_BACKEND = "gigstream.services.sms.Console"
if not base.PUSHER_KEY:
    _here = urlsplit(base.SITE_URL)
    PUSHER_APP_ID, PUSHER_KEY, PUSHER_SECRET = "1", "sandbox-key", "sandbox-secret"
    # The sandbox itself has no TLS: whoever names its address means it, and not the proxy.
    PUSHER_TLS = _here.scheme == "https" and not env.text("PUSHER_HOST")
    PUSHER_IS_HERE = True
    PUSHER_HOST = env.text("PUSHER_HOST", _here.hostname or "")
    PUSHER_PORT = env.number("PUSHER_PORT", _here.port or (443 if PUSHER_TLS else 80))
    base.CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"] = [SELF]
