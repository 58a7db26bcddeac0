"""Where the heavy work is done: long-lived threads, as many as there are cores, however many visitors ask at once.

A fresh thread for each visitor would build its own torch team and its own memory arena; here the next in line waits.
"""
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

_workers = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="gate")


def through(function: Callable[..., Result], *arguments: object) -> Result:
    """Run function(*arguments) on one of the threads and wait for it; its exceptions arrive here."""
    return _workers.submit(function, *arguments).result()
