"""The signatures of Pusher: HMAC-SHA256, in hexadecimal."""

import hashlib
import hmac


def sign(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
