"""Where training is computed: in processes of our own, or on a Dask cluster; to others both are plain Executors.

multiprocessing would run app.py again in each child, and a thread would hold up the pages: so `python -m core.worker`.
"""
import atexit
import importlib
import importlib.util
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import Pipe, connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST = 2  # processes; each takes about 300 MB
PATIENCE = 10  # seconds that a scheduler may take to answer
SETTING = "TORCHLIGHT_EXECUTOR"


@dataclass(frozen=True)
class Worker:
    """A process that computes one call after the other."""

    process: subprocess.Popen
    pipe: connection.Connection


class Workers(Executor):
    """Runs calls in processes of low priority, one call each at a time; a process that dies is replaced."""

    def __init__(self, slots: int):
        self.slots = slots
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="worker")  # each waits for its own process
        self._own = threading.local()
        self._hired: list[Worker] = []
        atexit.register(self.shutdown)

    def warm_up(self) -> list[Future]:
        """Start every process now, so that nobody waits for one; done when the futures are."""
        together = threading.Barrier(self.slots)  # else one thread could take both calls
        return [self._threads.submit(self._warm_up, together) for _ in range(self.slots)]

    def _warm_up(self, together: threading.Barrier) -> int:
        together.wait()
        return self._ask(os.getpid, (), {})

    def submit(self, function: Callable, /, *args, **kwargs) -> Future:
        """A future of function(*args, **kwargs); all three must be picklable."""
        return self._threads.submit(self._ask, function, args, kwargs)

    def _ask(self, function: Callable, args: tuple, kwargs: dict) -> object:
        worker = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = _hire()
            self._hired.append(worker)
        try:
            worker.pipe.send((function, args, kwargs))
            failure, result = worker.pipe.recv()
        except (EOFError, OSError) as error:
            self._own.worker = None
            self._hired.remove(worker)
            _dismiss(worker)
            raise BrokenExecutor("the process that was training has ended; start the run again") from error
        if failure:
            raise failure
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the processes, after what they compute now; without `wait` they end with the server."""
        atexit.unregister(self.shutdown)
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        while wait and self._hired:
            _dismiss(self._hired.pop())


def _hire() -> Worker:
    mine, its = Pipe()
    handle = its.fileno()
    if os.name == "nt":
        os.set_handle_inheritable(handle, True)
        lent = dict(
            startupinfo=subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]}),
            creationflags=subprocess.BELOW_NORMAL_PRIORITY_CLASS,
        )
    else:
        lent = dict(pass_fds=[handle])
    process = subprocess.Popen(
        [sys.executable, "-m", "core.worker", str(handle)], cwd=ROOT, stdin=subprocess.DEVNULL, **lent
    )
    its.close()  # only the process holds it now, so each end notices when the other is gone
    return Worker(process, mine)


def _dismiss(worker: Worker) -> None:
    worker.pipe.close()
    worker.process.wait()


def executor(setting: str | None = None) -> tuple[Executor, int]:
    """Who computes, and how many at once: our processes, warming up, or what `setting` or TORCHLIGHT_EXECUTOR names.

    ValueError if that is nothing we know, or not there.
    """
    setting = os.environ.get(SETTING, "") if setting is None else setting
    if not setting:
        slots = min(MOST, os.cpu_count() or 1)
        pool = Workers(slots)
        pool.warm_up()
        return pool, slots
    if not setting.startswith("dask://"):
        raise ValueError(f"{SETTING} is {setting!r}; leave it out, or say dask://HOST:PORT")
    if importlib.util.find_spec("distributed") is None:
        raise ValueError(f"{setting} needs the package distributed; run `pip install distributed`")
    host, _, port = setting.removeprefix("dask://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()  # Dask itself would go on trying for long
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {setting}; start one there, or leave {SETTING} out") from error
    client = importlib.import_module("distributed").Client(f"tcp://{host}:{port}", timeout=PATIENCE)
    slots = sum(client.nthreads().values())
    if not slots:
        client.close()
        raise ValueError(f"the Dask scheduler at {setting} has no workers yet; start some from Torchlight's folder")
    return client.get_executor(), slots
