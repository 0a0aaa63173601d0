"""`manage.py dev`: the whole site in one process, with a worker, reloading on changes.

This command only takes the port and the flags, then makes way: it replaces itself by
the supervisor, a few megabytes of plain Python, which runs `devserver.serve` with the
open port as an inheritance. Requests that come while the server restarts wait in it.
"""

import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gigstream.core import devserver

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Serve the site on this machine, with its sandbox and its worker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument(
            "--seed", action="store_true", help="Make demo data if there is none."
        )
        parser.add_argument(
            "--noreload", action="store_true", help="Do not restart on changes."
        )

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        listener = _listen(options["port"])
        # Addresses in the settings follow the port, so the server must read it anew.
        os.environ["PORT"] = str(options["port"])
        path = [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        command = [sys.executable, "-m", "gigstream.core.devserver.serve"]
        command += ["--socket", str(listener.fileno())]
        command += ["--seed"] if options["seed"] else []
        if not options["noreload"]:
            supervisor = Path(devserver.__file__).with_name("supervise.py")
            command = [
                sys.executable,
                "-S",
                "-E",
                str(supervisor),
                *command,
                "--reload",
            ]
        os.execv(sys.executable, command)  # noqa: S606 our own interpreter


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Port {port} is not free ({error}). Take another: PORT=8123 make run"
        ) from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener
