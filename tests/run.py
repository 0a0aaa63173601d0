"""`make test`: the whole suite on SQLite, then on PostgreSQL, then in a browser.

What this machine lacks is skipped and named at the end; with REQUIRE_ALL=1 (as in CI) a
lack is a failure. Arguments go to pytest.
"""

import os
import shutil
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psycopg

POSTGRESQL = os.environ.get(
    "TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/gigstream"
)
WORKERS = ["-n", "2", "--dist", "loadfile"]


def pytest(title: str, *arguments: str, **environment: str) -> bool:
    print(f"\n=== {title}", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", *arguments, *sys.argv[1:]]
    code = subprocess.run(command, env={**os.environ, **environment}).returncode
    print(f"=== {title}: {time.monotonic() - began:.0f} s", flush=True)
    # 5: nothing was collected, because the arguments name tests of another part.
    return code in {0, 5} if sys.argv[1:] else code == 0


def has_postgresql() -> bool:
    parts = urlsplit(POSTGRESQL)
    try:
        psycopg.connect(
            host=parts.hostname,
            port=parts.port,
            user=parts.username,
            password=parts.password,
            dbname="postgres",
            connect_timeout=2,
        ).close()
    except psycopg.Error:
        return False
    return True


def has_chromium() -> bool:
    return bool(os.environ.get("CHROMIUM") or shutil.which("chromium"))


def main() -> int:
    skipped = []
    passed = [pytest("SQLite", "-m", "not race and not journey", *WORKERS)]
    if has_postgresql():
        passed.append(
            pytest(
                "PostgreSQL",
                "-m",
                "not journey",
                *WORKERS,
                TEST_DATABASE_URL=POSTGRESQL,
            )
        )
    else:
        skipped.append("PostgreSQL (nothing answers at TEST_POSTGRESQL_URL)")
    if has_chromium():
        passed.append(pytest("Browser", "-m", "journey"))
    else:
        skipped.append("Browser (no chromium on the PATH; set CHROMIUM to name one)")
    for what in skipped:
        print(f"skipped: {what}")
    lacking = bool(skipped) and os.environ.get("REQUIRE_ALL") == "1"
    return 0 if all(passed) and not lacking else 1


if __name__ == "__main__":
    sys.exit(main())
