"""Run the server, and run it again each time it ends because the code changed.

Only the first run migrates: a migration that is being written is not to be applied on save.

Plain Python without imports of ours, so that watching over the server costs almost
no memory. Usage: supervise.py COMMAND…
"""

import signal
import subprocess
import sys
from types import FrameType

CODE_CHANGED = 3
SECONDS_TO_END = 1.5


class Supervisor:
    """Keeps one server process going until it ends by itself or a signal ends both."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.server: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def run(self) -> int:
        while not self.stopping:
            code = self._run_once()
            self.command = [each for each in self.command if each != "--migrate"]
            if code != CODE_CHANGED:
                return 0 if self.stopping else code
        return 0

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """End the server, by force if it does not hurry."""
        self.stopping = True
        if self.server:
            self.server.terminate()
            signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_END)

    def kill(self, _number: int, _frame: FrameType | None) -> None:
        if self.server:
            self.server.kill()

    def _run_once(self) -> int:
        self.server = subprocess.Popen(  # noqa: S603 the command is our own
            self.command, close_fds=False
        )
        if self.stopping:
            self.server.terminate()
        return self.server.wait()


if __name__ == "__main__":
    supervisor = Supervisor(sys.argv[1:])
    signal.signal(signal.SIGINT, supervisor.stop)
    signal.signal(signal.SIGTERM, supervisor.stop)
    signal.signal(signal.SIGALRM, supervisor.kill)
    sys.exit(supervisor.run())
