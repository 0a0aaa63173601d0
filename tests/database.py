"""The database of a test run: a copy of one that has been migrated before.

Running all migrations takes as long as a hundred tests. So it happens once, and again
whenever a migration or a requirement has changed; every worker of every run starts from a
copy. What `post_migrate` makes (permissions, groups, guards) is made anew each time.
"""

import fcntl
import hashlib
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "var" / "test"


def make():
    """Make the database that the settings name for tests, and use it; `remove` ends it."""
    copies = {"sqlite": _File, "postgresql": _Database}[connection.vendor]()
    with _alone():
        _make_template(copies)
        copies.start_from_template()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    return copies


def put_at(path):
    """Put a migrated SQLite file there, for a process that is not this one."""
    files = _File()
    with _alone():
        _make_template(files)
        shutil.copyfile(files.template, path)


def _make_template(copies):
    if not copies.has_template():
        copies.start_empty()
        call_command("migrate", verbosity=0)
        connection.close()
        copies.keep_as_template()
        copies.remove()


def _use(name):
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def _fingerprint():
    """What a migrated database depends on."""
    found = hashlib.sha256((ROOT / "requirements" / "dev.txt").read_bytes())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        folder = Path(app.path)
        if folder.is_relative_to(ROOT) and ".venv" not in folder.parts:
            for file in sorted(folder.glob("migrations/*.py")):
                found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:12]


@contextmanager
def _alone():
    """One process at a time makes the template; the others find it made."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _File:
    def __init__(self):
        self.name = str(connection.creation._get_test_db_name())
        self.template = CACHE / f"template-{_fingerprint()}.sqlite3"

    def has_template(self):
        return self.template.exists()

    def start_empty(self):
        self.remove()
        _use(self.name)

    def keep_as_template(self):
        for old in CACHE.glob("template-*"):
            old.unlink()
        part = self.template.with_suffix(".part")
        shutil.copyfile(self.name, part)
        part.rename(self.template)

    def start_from_template(self):
        self.remove()
        _use(self.name)
        shutil.copyfile(self.template, self.name)

    def remove(self):
        connection.close()
        for end in ("", "-wal", "-shm", "-journal"):
            Path(self.name + end).unlink(missing_ok=True)


class _Database:
    def __init__(self):
        self.name = connection.creation._get_test_db_name()
        self.family = f"template_of_{settings.DATABASES['default']['NAME']}"
        self.template = f"{self.family}_{_fingerprint()}"

    def has_template(self):
        return bool(
            self._run("SELECT 1 FROM pg_database WHERE datname = %s", self.template)
        )

    def start_empty(self):
        self.remove()
        self._run(f'CREATE DATABASE "{self.name}"')
        _use(self.name)

    def keep_as_template(self):
        like = self.family.replace("_", r"\_") + r"\_%"
        for (old,) in self._run(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", like
        ):
            self._run(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{self.template}" TEMPLATE "{self.name}"')

    def start_from_template(self):
        self.remove()
        self._run(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        _use(self.name)

    def remove(self):
        connection.close()
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _run(self, statement, *parameters):
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
