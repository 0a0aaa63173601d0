"""`python -m tests.crashes.mortal_site SOCKET SETTINGS`: a site that can be told when to die.

One process serves and, after each request, does the work that is due, as server and worker
in one. It counts its steps: statements to the database, calls to other companies. Told to
die at a step, it kills itself with -9 right before it; the process above, which has imported
everything and holds nothing open, forks the next one at once.
"""

import json
import os
import signal
import socket
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings

django.setup()

import pytest  # noqa: E402
import requests  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from gigstream.core.jobs import Worker  # noqa: E402
from tests.payments import planted  # noqa: E402


class Life:
    """The steps of this process, and the one before which it dies; 0 is never."""

    def __init__(self):
        self.steps = self.last = 0

    def step(self):
        """Hints go out from threads of their own, and are no step of anything."""
        if threading.current_thread() is not threading.main_thread():
            return
        self.steps += 1
        if self.steps == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self):
        """Count, for good: what is forked from here counts on its own."""
        connection.execute_wrappers.append(self._before(lambda do, *how: do(*how)))
        requests.Session.send = self._before(requests.Session.send)

    def _before(self, act):
        def watched(*arguments, **options):
            self.step()
            return act(*arguments, **options)

        return watched


class Server(WSGIServer):
    """Serves on a socket that was open before, so that nobody is turned away between lives."""

    def __init__(self, listener, app):
        super().__init__(listener.getsockname(), Quiet, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = listener.getsockname()
        self.setup_environ()
        self.set_app(app)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class Site:
    """Django, and before it the few questions that a test asks: `/mortal/VERB/NUMBER`."""

    def __init__(self):
        self.life, self.is_mother = Life(), False
        self.django = get_wsgi_application()

    def __call__(self, environ, start):
        _, *words = environ["PATH_INFO"].split("/")
        match words:
            case ["mortal", "die-at", number]:
                self.life.steps, self.life.last = 0, int(number)
            case ["mortal", "keep-warm"]:
                self.is_mother = True
            case ["mortal", "steps"]:
                pass
            case _:
                return self.django(environ, start)
        start("200 OK", [("Content-Type", "text/plain")])
        return [str(self.life.steps).encode()]

    def serve(self, listener):
        server, worker = Server(listener, self), Worker()
        self.bear()
        while True:
            server.handle_request()
            for _outcome in worker.drain():
                pass
            if self.is_mother:
                self.bear()

    def bear(self):
        """Fork a life that serves; when it dies, another. Only the children return."""
        self.is_mother = False
        connection.close()
        while child := os.fork():
            os.waitpid(child, 0)


def main(listener, values):
    for name, value in values.items():
        setattr(settings, name, value)
    if plant := os.environ.get("PLANTED"):
        getattr(planted, plant)(pytest.MonkeyPatch())
    get_resolver().url_patterns  # noqa: B018 - imports all views, once for all
    site = Site()
    site.life.watch()
    site.serve(listener)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
