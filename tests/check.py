"""`make check`: everything a machine can say about the code without running it."""

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[1]
APPS = [
    "gigstream",
    "accounts",
    "gigs",
    "orders",
    "payments",
    "messaging",
    "admin_panel",
]
# Made up, and only for `check --deploy`, which wants to see production settings.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "gigstream.settings.production",
    "SECRET_KEY": "".join(chr(33 + i * 7 % 90) for i in range(64)),
    "SITE_URL": "https://gigstream.example",
    "ALLOWED_HOSTS": "gigstream.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "STRIPE_SECRET_KEY": "rk_live_none",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_none",
    "STRIPE_WEBHOOK_SECRET": "whsec_none",
    "CLOUDINARY_URL": "cloudinary://none:none@none",
    "RESEND_API_KEY": "re_none",
    "RESEND_WEBHOOK_SECRET": "whsec_bm9uZQ==",
    "PUSHER_APP_ID": "1",
    "PUSHER_KEY": "none",
    "PUSHER_SECRET": "none",
    "HSTS_PRELOAD": "1",
}
TEST = {"DJANGO_SETTINGS_MODULE": "gigstream.settings.test"}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("format", ["ruff", "format", "--check", "--quiet", "."], {}),
    ("lint", ["ruff", "check", "--quiet", "."], {}),
    ("types", ["mypy", *APPS], {}),
    ("imports", ["lint-imports"], {}),
    ("templates", ["djlint", "templates", "--lint", "--quiet"], {}),
    ("htmx 4 spelling", ["node_modules/.bin/upgrade-check", "templates"], {}),
    (
        "migrations",
        ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
        TEST,
    ),
    ("translations", ["python", "tests/translations.py"], TEST),
    (
        "deployment",
        ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
]


def run(title: str, command: list[str], environment: dict[str, str]) -> bool:
    program = BIN / command[0]
    if not program.exists():
        program = ROOT / command[0]
    done = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    print(f"{'ok' if done.returncode == 0 else 'FAILED':7} {title}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    results = [run(*each) for each in CHECKS]
    sys.exit(0 if all(results) else 1)
