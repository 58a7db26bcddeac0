"""Figures of learning: the way back, a worker against a bare loop, a run on the page, a class while others train."""
import re
import time
from concurrent.futures import ThreadPoolExecutor

import torch
from playwright.sync_api import Page, expect, sync_playwright

from core import architectures, images, samples, service, toy_data, training, workers, zoo
from core.gradients import backtrace
from core.run_config import Config, layers_of
from pages.shared import boot
from tests.bench.classroom import ACTIONS
from tests.bench.rows import Row, medians
from tests.tools.browser import launch, settle
from tests.tools.load import Choose, Go, Watch, simulate
from tests.tools.server import Server

TRAINER = (Go("training", "until=100000&pace=as fast as it can"), Choose("Start", True), Watch(60))
STEPS = 600  # of each run that is timed


def measure(server: Server, photo: bytes) -> list[Row]:
    """All of them; a class of thirty while two others train comes last."""
    rows = [_backward(), _worker()]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        rows.append(_on_the_page(browser.new_page(), server))
        browser.close()
    with ThreadPoolExecutor(1) as aside:
        training = aside.submit(simulate, server.url, 2, TRAINER)
        report = simulate(server.url, 30, ACTIONS, think=2, photo=photo, pid=server.process.pid)
        trainers = training.result()
    action, renewal = report["action"], trainers["renewal"]
    detail = f"{action['count']} actions, p50 {action['p50']} ms; {renewal['count']} looks of the two at their training"
    problems = f"{report['error_messages']} {trainers['error_messages']}"
    return [
        *rows,
        Row("thirty students while two trainings run: action p95", action["p95"], "ms", 150, detail),
        Row("thirty students while two trainings run: errors", report["errors"] + trainers["errors"], "", 0, problems),
    ]


def _backward() -> Row:
    """The slopes of every step against the slope of the picture alone, on one core, with the app's memory settings."""
    network = zoo.load("efficientnet_lite0")
    image = images.to_tensor(images.fit(samples.load("cat"), network.preprocessing), network.preprocessing)

    def bare() -> None:
        with torch.enable_grad():
            batch = image[None].clone().requires_grad_(True)
            torch.autograd.grad(network.model(batch)[0].max(), batch)

    boot.keep_memory()
    torch.set_num_threads(1)
    with ThreadPoolExecutor(1) as gate:
        tasks = {"bare": bare, "back": lambda: backtrace(network.graph, image, None)}
        taken = medians(20, **{name: lambda task=task: gate.submit(task).result() for name, task in tasks.items()})
    detail = f"{taken['back'] * 1000:.1f} / {taken['bare'] * 1000:.1f} ms"
    name = "slopes of all steps of EfficientNet-Lite0 / bare forward and backward"
    return Row(name, taken["back"] / taken["bare"], "×", 1.25, detail)


def bare_loop(config: Config, steps: int) -> float:
    """Steps a second of the loop that everybody writes: module, optimiser of torch, zero_grad, backward, step."""
    torch.set_num_threads(1)
    data, network = toy_data.load(config.data), architectures.build(layers_of(config)).train()
    inputs, labels = torch.tensor(data.inputs), torch.tensor(data.labels)
    optimiser = torch.optim.Adam(network.parameters(), config.rate)
    began = time.perf_counter()
    for step in range(steps):
        rows = training.batch(config, step, len(labels))
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(inputs[rows]), labels[rows]).backward()
        optimiser.step()
    return steps / (time.perf_counter() - began)


def _worker() -> Row:
    """Pieces of a run in a worker against the bare loop in the same worker, in turns; evaluations included."""
    executor, _ = workers.executor()
    config, best = Config(), []
    try:
        for _ in range(4):
            bare = executor.submit(bare_loop, config, STEPS).result()
            state, began = training.begin(config), time.perf_counter()
            while state.step < STEPS:
                state, _ = executor.submit(service.piece, state, STEPS - state.step).result()
            best.append((STEPS / (time.perf_counter() - began), bare))
    finally:
        executor.shutdown()
    ours, bare = max(one for one, _ in best), max(one for _, one in best)
    detail = f"{bare:.0f} / {ours:.0f} a second"
    return Row("steps a second of a bare loop / of a worker", bare / ours, "×", 1 / 0.9, detail)


def _on_the_page(page: Page, server: Server) -> Row:
    """From Start to 95 % of the test digits right."""
    page.goto(f"{server.url}/training?until=2000&pace=as+fast+as+it+can")
    settle(page)
    began = time.perf_counter()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("body")).to_contain_text(re.compile(r"test accuracy (9[5-9]|100)\.\d %"), timeout=60_000)
    return Row("digits: from Start to 95 % of the test digits", time.perf_counter() - began, "s", 20)
