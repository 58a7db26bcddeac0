"""Runs as lines on a chart, and the words that tell them apart."""
from collections.abc import Callable

import numpy as np

from core.checkup import Evaluation
from core.run_config import Config
from core.training import Loss
from pages.shared import lab
from pages.shared.lab import Curves, Lab

POINTS = 250  # of a curve, at most: more than a chart has pixels for


def curves(run: Lab) -> Curves:
    """The run up to now as lines, its last look at the end; the losses are computed once for each state."""
    if run.drawn is None or run.drawn.state is not run.state:
        run.drawn = _drawn(run)
    return Curves(run.state, run.drawn.steps, run.drawn.losses, _scores(run))


def _drawn(run: Lab) -> Curves:
    losses = np.array([(event.step, event.loss) for event in run.events if isinstance(event, Loss)]).reshape(-1, 2)
    size = max(1, -(-len(losses) // POINTS))
    means = [losses[at : at + size].mean(axis=0) for at in range(0, len(losses), size)]
    steps, values = np.array(means).reshape(-1, 2).T
    return Curves(run.state, steps, values, _scores(run))


def _scores(run: Lab) -> np.ndarray:
    """(E, 1 + 2 S): a row for each evaluation on the way, and for the last look, wherever that was."""
    found = [event for event in run.events if isinstance(event, Evaluation)]
    if run.look and run.look.state.step <= run.state.step:
        now = run.look.evaluation
        found = [*(event for event in found if event.step < now.step), now]
    return np.array([lab.row(event) for event in found], ndmin=2)[: len(found)]


def named(runs: list[Lab], settings: Callable[[object], dict[str, str]]) -> list[str]:
    """What tells runs apart, "rate 0.05, seed 1"; "this run" if nothing does."""
    flat = [settings(run.state.config) for run in runs]
    differing = [key for key in flat[-1] if any(one[key] != flat[-1][key] for one in flat)]
    return [", ".join(f"{key} {one[key]}" for key in differing) or "this run" for one in flat]


def changes(before: dict[str, str], now: dict[str, str]) -> str:
    """What of a run was changed, "rate 3 instead of 50"; "" if nothing was."""
    return ", ".join(f"{key} {now[key]} instead of {before[key]}" for key in now if now[key] != before[key])


def settings(config: Config) -> dict[str, str]:
    """All that decides a classifier's run, in words."""
    design, data = config.architecture, config.data
    blocks = " + ".join(f"{b.filters}@{b.size}×{b.size} {b.pooling}" for b in design.blocks) or "none"
    return {
        "data": data.name,
        "examples": f"{data.examples}",
        "noise": f"{data.noise:g}",
        "size": f"{data.size}",
        "separation": f"{data.separation:g}",
        "blocks": blocks,
        "dense": " + ".join(map(str, design.dense)) or "none",
        "activation": design.activation,
        "batch norm": "on" if design.batch_norm else "off",
        "dropout": f"{design.dropout:g}",
        "shortcuts": "on" if design.residual else "off",
        "first weights": config.initialisation,
        "loss": config.loss,
        "optimiser": config.optimiser,
        "rate": f"{config.rate:g}",
        "batch": f"{config.batch}",
        "decay": f"{config.weight_decay:g}",
        "data seed": f"{data.seed}",
        "seed": f"{config.seed}",
    }
