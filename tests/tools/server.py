"""Start the app in a process of its own and wait until its first page has run: `make run`, browser tests, benchmark.

Standard library only. Streamlit's log goes to the terminal, or to a file when one is given.
"""
import argparse
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parents[2]
DIRECT = build_opener(ProxyHandler({}))  # a school's proxy knows nothing of this computer's own address


class StartError(RuntimeError):
    """The app could not be started; the message is for a person."""


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require_port(host: str, port: int) -> None:
    """StartError with a sentence unless the app can listen there."""
    near = "127.0.0.1" if host == "0.0.0.0" else host
    reasons = {
        errno.EADDRINUSE: f"Port {port} is taken by another program; choose one: make run PORT={port + 1}",
        errno.EACCES: f"Port {port} is reserved for the administrator; choose one above 1023: make run PORT=8501",
        errno.EADDRNOTAVAIL: f"{host} is not an address of this computer; 0.0.0.0 stands for all it has",
    }
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = reasons.get(getattr(error, "errno", None), f"Can't listen on {host}, port {port}: {error}")
        raise StartError(reason) from error
    with contextlib.suppress(OSError), socket.create_connection((near, port), timeout=0.5):
        raise StartError(reasons[errno.EADDRINUSE])


class Server:
    """The app under `root`, reachable at `url` on this computer while it runs."""

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        log: Path | None = None,
        root: Path = ROOT,
        options: Sequence[str] = (),
    ) -> None:
        self.host, self.port, self.log, self.root, self.options = host, port or free_port(), log, root, options
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self, warm_up: bool = True, patience: float = 120.0) -> None:
        """Returns when it answers, with `warm_up` when the first page has run; StartError after `patience` seconds."""
        require_port(self.host, self.port)
        place = ["--server.address", self.host, "--server.port", str(self.port)]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", *place, "--logger.hideWelcomeMessage", "true"]
        with contextlib.ExitStack() as files:
            out = files.enter_context(self.log.open("ab")) if self.log else None
            self.process = subprocess.Popen(
                [*command, *self.options], cwd=self.root, stdout=out, stderr=out, start_new_session=True
            )
        until = time.monotonic() + patience
        while not self._answers("health", 5):
            if self.process.poll() is not None:
                raise StartError(f"Streamlit stopped at once (exit code {self.process.returncode}); its log says why.")
            if time.monotonic() > until:
                raise StartError(f"The app did not answer on {self.url} within {patience:.0f} seconds.")
            time.sleep(0.05)
        if warm_up and not self._answers("script-health-check", patience):
            raise StartError("The start page ends in an error; the traceback is in the log.")

    def _answers(self, check: str, timeout: float) -> bool:
        try:
            with DIRECT.open(f"{self.url}/_stcore/{check}", timeout=timeout) as answer:
                return answer.status == 200
        except HTTPError as error:
            error.close()
        except (URLError, OSError):
            pass
        return False

    def stop(self) -> None:
        """End the app and everything it started."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all have left by themselves
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self, warm_up: bool = True) -> None:
        """Stop and start on the same port; with `warm_up=False` the next visitor is the very first."""
        self.stop()
        self.start(warm_up)

    def text(self) -> str:
        """All it has printed so far; needs a log file."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def _network_address() -> str:
    """This computer's address for others in its network; nothing is sent, only the routing table is asked."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]
    return "ADDRESS-OF-THIS-COMPUTER"


def _leave(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets the others in your network in")
    parser.add_argument("--port", default=8501, type=int)
    chosen, options = parser.parse_known_args()  # the rest is for Streamlit
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _leave)
    server = Server(chosen.port, chosen.host, options=options)
    try:
        print("Torchlight is warming up ...", flush=True)
        server.start()
        print(f"\n  Torchlight is ready: {server.url}")
        if chosen.host == "0.0.0.0":
            print(f"  For others in your network: http://{_network_address()}:{server.port}")
        print("  Ctrl-C stops it.\n", flush=True)
        return server.process.wait()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
