"""Once per process: what makes thirty visitors on two cores feel alone. Every line here was measured."""
import ctypes
import gc
import os
import socket
import stat
import threading
from collections.abc import Callable

from core.images import MAX_BYTES

_lock = threading.Lock()
_done = False


def once(warm_up: Callable[[], object]) -> None:
    """Prepare the process, then run `warm_up` so that no visitor waits for the first network to load."""
    global _done
    if _done:
        return
    with _lock:
        if _done:
            return
        import torch

        keep_memory()
        _keep_photos_off_the_disk()
        _answer_at_once()
        _allow_many_sessions()
        torch.set_num_threads(1)  # each forward pass on one core; gate.py runs as many as there are
        warm_up()
        gc.collect()
        gc.freeze()  # Streamlit collects after every run: 120 ms with torch's 233,000 objects, 0.2 ms without them
        _done = True


def keep_memory() -> None:
    """A trace takes 89 MB and lets go of it; to get them again page by page made 22 ms into 49, so they are kept.

    One arena for all threads: a visitor's thread lives for one run, and each would leave some memory behind.
    """
    allocator = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(allocator, "mallopt"):  # glibc
        trim_threshold, mmap_threshold, arena_max = -1, -3, -8
        for parameter, value in ((trim_threshold, 1 << 30), (mmap_threshold, 1 << 30), (arena_max, 1)):
            allocator.mallopt(parameter, value)


def _keep_photos_off_the_disk() -> None:
    """The server's form parser would put uploads of more than 1 MB into a temporary file on their way in."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = 2 * MAX_BYTES


def _answer_at_once() -> None:
    """Streamlit's listener leaves Nagle's algorithm on, 40 ms per interaction; accepted sockets inherit our setting."""
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():  # Linux only, else nothing
        try:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as copy:
                if copy.family in (socket.AF_INET, socket.AF_INET6) and copy.type == socket.SOCK_STREAM:
                    copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:  # the descriptor was closed meanwhile
            continue


def _allow_many_sessions() -> None:
    """A session holds four file descriptors: the usual limit of 1,024 is too few for a school."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
