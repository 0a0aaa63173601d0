"""`python -m gigstream.core.devserver`: what `manage.py dev` does, without Django's start.

It only takes the port and the flags, then makes way: it replaces itself by the
supervisor, a few megabytes of plain Python, which runs `devserver.serve` with the open
port as an inheritance. Requests that come while the server starts wait in it.
"""

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

HOST = "127.0.0.1"
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def main() -> NoReturn:
    parser = argparse.ArgumentParser(prog="python -m gigstream.core.devserver")
    add_arguments(parser)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigstream.settings.local")
    try:
        start(**vars(options))
    except OSError as error:
        sys.exit(str(error))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
    parser.add_argument(
        "--migrate", action="store_true", help="Bring the database up to date first."
    )
    parser.add_argument(
        "--seed", action="store_true", help="Make demo data if there is none."
    )
    parser.add_argument(
        "--noreload", action="store_true", help="Do not restart on changes."
    )


def start(*, port: int, migrate: bool, seed: bool, noreload: bool) -> NoReturn:
    """Become the server. Raises `OSError`, which says what to do, if the port is taken."""
    listener = _listen(port)
    # Addresses in the settings follow the port, so the server must read it anew.
    os.environ["PORT"] = str(port)
    path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    command = [sys.executable, "-m", "gigstream.core.devserver.serve"]
    command += ["--socket", str(listener.fileno())]
    command += ["--migrate"] if migrate else []
    command += ["--seed"] if seed else []
    if not noreload:
        supervisor = [sys.executable, "-S", "-E", str(HERE / "supervise.py")]
        command = [*supervisor, *command, "--reload"]
    os.execv(sys.executable, command)  # noqa: S606 our own interpreter


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        raise OSError(
            f"Port {port} is not free ({error}). Take another: PORT=8123 make run"
        ) from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


if __name__ == "__main__":
    main()
