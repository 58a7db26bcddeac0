"""The process that trains: one thread, low priority, and gone as soon as the server is. Started by core/workers.py."""
import os
import pickle
import signal
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from multiprocessing import connection


def main(end: int) -> None:
    """Answer calls that come through the pipe `end` (a file descriptor, on Windows a handle) until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; this process follows it
    if hasattr(os, "nice"):
        os.nice(19)
    server = connection.PipeConnection(end) if os.name == "nt" else connection.Connection(end)
    thread = ThreadPoolExecutor(1, initializer=_warm_up)
    thread.submit(int)  # begins to warm up before the first call
    while True:
        try:
            function, args, kwargs = server.recv()
        except (EOFError, OSError):
            os._exit(0)  # also in the middle of a computation, and when the server was killed
        thread.submit(function, *args, **kwargs).add_done_callback(partial(_answer, server))
        del args, kwargs  # a visitor's photo may be among them


def _answer(server: connection.Connection, future: Future) -> None:
    """Send (failure, None) or (None, result)."""
    failure = future.exception()
    try:
        server.send((failure, None if failure else future.result()))
    except (pickle.PicklingError, AttributeError, TypeError, ValueError) as error:
        server.send((TypeError(f"what was computed can't be sent: {error}"), None))


def _warm_up() -> None:
    """What would make the first step slow: imports, and the first use of everything in torch that trains."""
    import torch

    from core import run_config, training

    torch.set_num_threads(1)
    training.advance(training.begin(run_config.Config()), 2)


if __name__ == "__main__":
    main(int(sys.argv[1]))
