"""What an authenticator app shows, computed by hand (RFC 6238)."""

import base64
import hashlib
import hmac
import re
import struct
import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY

from tests.factories import PASSWORD

SECRET = re.compile(r"data-totp-secret>([A-Z2-7]+)<")
CODES = re.compile(r"<code>(\d+)</code>")


def code_of(secret, *, steps=0):
    """The six digits of this half minute, or of one some steps away."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    key = base64.b32decode(secret)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def prove(browser, password=PASSWORD):
    """Enter the password once more, as what is protected asks for."""
    return browser.post("/accounts/reauthenticate/", {"password": password})


def logged_in_before(browser, *, minutes):
    """Let the last proof of who this is be some minutes old."""
    session = browser.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    for record in records:
        record["at"] = time.time() - minutes * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()


def set_up_app(browser, password=PASSWORD):
    """Turn on the authenticator app; return its secret and the recovery codes."""
    prove(browser, password)
    page = browser.get("/accounts/2fa/app/add/")
    secret = SECRET.search(page.text)[1]
    done = browser.post("/accounts/2fa/app/add/", {"code": code_of(secret, steps=-1)})
    assert done.status_code == 302, done.text
    return secret, CODES.findall(browser.get(done.url).text)
