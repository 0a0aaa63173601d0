"""The development server: the site, the sandbox and a worker in one process.

`manage.py dev` starts it with the open port:
serve --socket N [--migrate] [--seed] [--reload].
"""

import argparse
import os
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import django
from django.utils import autoreload

if TYPE_CHECKING:
    import uvicorn

    from gigstream.core.jobs import Worker

SECONDS_TO_END = 1.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class DevServer:
    """What runs beside each other: the web server, the worker, and once the seed."""

    def __init__(self, listener: socket.socket, *, migrate: bool, seed: bool) -> None:
        self.listener = listener
        self.migrate = migrate
        self.seed = seed
        self.server: uvicorn.Server | None = None
        self.worker: Worker | None = None
        self.threads: list[threading.Thread] = []

    def run(self) -> None:
        """Serve until stopped."""
        autoreload.raise_last_exception()
        django.setup()
        _check(migrate=self.migrate)
        self.threads.append(threading.current_thread())
        self.server = self._build_server()
        self._start_worker()
        threading.Thread(target=self._welcome, daemon=True).start()
        self.server.run(sockets=[self.listener])

    def stop(self) -> None:
        """End all of it, in a moment; a task that takes longer is done again later."""
        if self.server:
            self.server.should_exit = True
        if self.worker:
            self.worker.stop()
        deadline = time.monotonic() + SECONDS_TO_END
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _build_server(self) -> "uvicorn.Server":
        import uvicorn
        from django.utils.module_loading import import_string

        return uvicorn.Server(
            uvicorn.Config(
                import_string("gigstream.asgi.application"),
                lifespan="off",
                ws="websockets-sansio",
                # Compression costs each open connection tens of kilobytes.
                ws_per_message_deflate=False,
                # Django knows how many proxies to trust; uvicorn would trust any.
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_config=None,
                log_level="warning",
                timeout_graceful_shutdown=1,
            )
        )

    def _start_worker(self) -> None:
        from gigstream.core.jobs import Worker

        self.worker = Worker(interval=0.5)
        thread = threading.Thread(target=self.worker.run, name="worker", daemon=True)
        thread.start()
        self.threads.append(thread)

    def _welcome(self) -> None:
        """Once requests are answered: make the demo data through them, say where we are."""
        from gigstream.core.devserver import welcome

        while not (self.server and self.server.started):
            time.sleep(0.02)
        if self.seed:
            welcome.seed_if_empty()
        welcome.greet(with_logins=self.seed)


def _check(*, migrate: bool) -> None:
    """Refuse a broken project; bring the database up to date, or say that it is behind."""
    from django.core.management import call_command
    from django.core.management.base import BaseCommand

    command = BaseCommand()
    command.check()
    if migrate:
        call_command("migrate", verbosity=0, skip_checks=True)
    else:
        command.check_migrations()


def _serve(server: DevServer) -> None:
    """Serve from a thread, as the reloader does, so that this one hears the signals."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    # A join that a signal interrupts would take the thread for ended.
    while thread.is_alive():
        time.sleep(0.2)
    sys.exit(1)


def _serve_and_reload(server: DevServer) -> None:
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    autoreload.start_django(autoreload.get_reloader(), server.run)


def _end_with_the_supervisor() -> None:
    """Free the port if the supervisor was killed without a chance to tell us."""
    supervisor = os.getppid()
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os._exit(1)


def _ignore_signals() -> None:
    for number in SIGNALS:
        # Not SIG_IGN: Python complains of a signal that arrives during the change.
        signal.signal(number, lambda *_: None)


def _end_on_signal(_number: int, _frame: FrameType | None) -> NoReturn:
    """Unwind the main thread, once: Ctrl-C reaches us twice, directly and as SIGTERM."""
    _ignore_signals()
    sys.exit(0)


def _end(server: DevServer, code: int) -> NoReturn:
    """Leave at once: threads that wait for a slow answer must not hold up the end."""
    _ignore_signals()
    server.stop()
    sys.stdout.flush()
    os._exit(code)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--migrate", action="store_true")
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--reload", action="store_true")
    options = parser.parse_args()
    listener = socket.socket(fileno=options.socket)
    server = DevServer(listener, migrate=options.migrate, seed=options.seed)
    for number in SIGNALS:
        signal.signal(number, _end_on_signal)
    try:
        (_serve_and_reload if options.reload else _serve)(server)
    except SystemExit as end:
        _end(server, end.code if isinstance(end.code, int) else 1)


if __name__ == "__main__":
    main()
