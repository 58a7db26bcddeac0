"""Processes that train: apart from the app, of low priority, replaced when they die and gone with the server."""
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor
from functools import partial
from pathlib import Path

import pytest
import torch
from distributed import LocalCluster, default_client

from core import service, training, workers
from core.architectures import Architecture
from core.run_config import Config
from core.toy_data import Choice

ROOT = Path(__file__).resolve().parents[1]
POINTS = Config(Choice("moons", 100), Architecture((), (8,)))


def facts():
    """Who computes, and how."""
    main = Path(sys.modules["__main__"].__file__).name
    return dict(pid=os.getpid(), nice=os.nice(0), threads=torch.get_num_threads(), main=main, cores=len(sys.modules))


def meet(path, mine, other):
    """True when both calls run at the same time."""
    Path(path, mine).touch()
    end = time.monotonic() + 20
    while time.monotonic() < end and not Path(path, other).exists():
        time.sleep(0.01)
    return Path(path, other).exists()


def fail():
    raise ValueError("choose something else")


def unsendable():
    return threading.Lock()


def alive(pid):
    """Whether a process of that id is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid, seconds=10):
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


@pytest.fixture(scope="module")
def pool():
    pool = workers.Workers(2)
    pids = {future.result() for future in pool.warm_up()}
    assert len(pids) == 2
    yield pool
    pool.shutdown()
    assert not any(map(alive, pids))


def test_calls_run_in_a_process_of_low_priority_on_one_thread_that_never_saw_the_app(pool):
    found = pool.submit(facts).result()
    assert found["pid"] != os.getpid()
    assert found["nice"] == 19
    assert found["threads"] == 1
    assert found["main"] == "worker.py"


def test_two_calls_run_at_once_and_more_wait(pool, tmp_path):
    pair = [pool.submit(meet, tmp_path, *names) for names in (("a", "b"), ("b", "a"))]
    assert all(future.result() for future in pair)
    assert list(pool.map(abs, range(-9, 0))) == list(range(9, 0, -1))


def test_what_goes_wrong_there_is_raised_here(pool):
    with pytest.raises(ValueError, match="choose something else"):
        pool.submit(fail).result()
    with pytest.raises(TypeError, match="can't be sent"):
        pool.submit(unsendable).result()
    assert pool.submit(abs, -1).result() == 1


def test_training_there_is_training_here_to_the_bit(pool):
    there, events = pool.submit(service.piece, training.begin(POINTS), 30, 60.0).result()
    assert (there, events) == training.advance(training.begin(POINTS), 30)


def test_a_process_that_dies_is_replaced_and_its_call_fails(pool):
    with pytest.raises(BrokenExecutor, match="start the run again"):
        pool.submit(os._exit, 1).result()
    assert list(pool.map(abs, [-1] * 4)) == [1] * 4


def test_processes_are_gone_when_the_server_is_killed_in_the_middle_of_a_computation():
    code = """
import os, time
from core import workers
pool = workers.Workers(1)
print(pool.submit(os.getpid).result(), flush=True)
pool.submit(time.sleep, 600).result()
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        worker = int(server.stdout.readline())
        assert alive(worker)
        server.send_signal(signal.SIGKILL)
    assert gone(worker)


def test_processes_end_quietly_with_a_server_that_ends():
    code = """
import os
from core import workers
pool = workers.Workers(1)
print(pool.submit(os.getpid).result(), flush=True)
"""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert gone(int(done.stdout))
    assert done.stderr == ""


def test_by_default_processes_of_our_own_are_used_two_at_most(monkeypatch):
    monkeypatch.delenv(workers.SETTING, raising=False)
    pool, slots = workers.executor()
    assert isinstance(pool, workers.Workers)
    assert slots == pool.slots == min(2, os.cpu_count())
    pool.shutdown()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ray://somewhere", "is 'ray://somewhere'; leave it out, or say dask://HOST:PORT"),
        ("dask://127.0.0.1", "no Dask scheduler answers at dask://127.0.0.1; start one there"),
        ("dask://127.0.0.1:1", "no Dask scheduler answers at dask://127.0.0.1:1; start one there"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(monkeypatch, setting, message):
    monkeypatch.setenv(workers.SETTING, setting)
    with pytest.raises(ValueError, match=message):
        workers.executor()


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(workers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="needs the package distributed; run `pip install distributed`"):
        workers.executor("dask://127.0.0.1:8786")


def test_a_dask_cluster_trains_the_same_run():
    cluster_of = partial(LocalCluster, processes=False, protocol="tcp://", dashboard_address=None)
    with cluster_of(n_workers=2, threads_per_worker=1) as cluster:
        pool, slots = workers.executor(cluster.scheduler_address.replace("tcp", "dask"))
        assert slots == 2
        shared = service.Service(pool, slots)
        jobs = [shared.start(training.begin(POINTS), 300) for _ in range(3)]
        end = time.monotonic() + 30
        while not all(shared.ask(job).done for job in jobs) and time.monotonic() < end:
            time.sleep(0.05)
        pool.shutdown()
        default_client().close()
    expected, _ = training.advance(training.begin(POINTS), 300)
    assert [job.state for job in jobs] == [expected] * 3
