"""What a trained small network knows: its answers, its mistakes, the regions it cuts the plane into, its maps."""
from dataclasses import dataclass

import numpy as np
import torch

from core import training
from core.run_config import layers_of
from core.training import State

REACH = 1.6  # the plane is drawn from -REACH to REACH both ways


@dataclass(frozen=True)
class Mistake:
    """A test example that was taken for something else."""

    index: int  # among the examples that were judged
    label: int
    answer: int
    certainty: float  # what the output for the wrong class says


@dataclass(frozen=True)
class Region:
    """Which class each place of the plane is taken for."""

    x: np.ndarray  # (S,) left to right
    y: np.ndarray  # (S,) bottom to top
    classes: np.ndarray  # (S, S) int, row by row of y
    certainty: np.ndarray  # (S, S) the largest output


def answers(state: State, inputs: np.ndarray) -> np.ndarray:
    """One row per example: (N, ...) -> (N, K). Probabilities; with squared error the outputs, which aim at 0 and 1."""
    with torch.inference_mode():
        outputs = training.network_of(state)(torch.tensor(inputs))
    return (outputs.softmax(dim=1) if state.config.loss == "cross-entropy" else outputs).numpy()


def confusion(labels: np.ndarray, found: np.ndarray) -> np.ndarray:
    """How often a class (row) was taken for a class (column): (N,) labels and (N, K) answers -> (K, K)."""
    classes = found.shape[1]
    return np.bincount(labels * classes + found.argmax(axis=1), minlength=classes**2).reshape(classes, classes)


def worst_mistakes(labels: np.ndarray, found: np.ndarray, count: int = 12) -> tuple[Mistake, ...]:
    """The wrong answers, the surest first: (N,) labels and (N, K) answers."""
    taken, sure = found.argmax(axis=1), found.max(axis=1)
    wrong = np.flatnonzero(taken != labels)
    ranked = wrong[np.argsort(-sure[wrong], kind="stable")][:count]
    return tuple(Mistake(int(i), int(labels[i]), int(taken[i]), float(sure[i])) for i in ranked)


def decision_region(state: State, side: int = 81) -> Region:
    """The plane, `side` places each way; ValueError if the network looks at pictures."""
    if layers_of(state.config)[0].kind != "Dense":
        raise ValueError("only a network that looks at points divides a plane; choose spiral, circles or moons")
    line = np.linspace(-REACH, REACH, side)
    places = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2).astype(np.float32)
    found = answers(state, places).reshape(side, side, -1)
    return Region(line, line, found.argmax(axis=-1), found.max(axis=-1))


def feature_maps(state: State, example: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer gives for one example, (C, H, W) or (2,): layer -> (K, H', W') or (D,)."""
    with torch.inference_mode():
        steps = training.network_of(state).steps(torch.tensor(example)[None])
        return {name: values[0].numpy() for name, values in steps}


def filters(state: State, layer: str = "conv1") -> np.ndarray:
    """The kernels of a convolution, (K, C, k, k); ValueError with those there are."""
    names = [row.name for row in layers_of(state.config) if row.kind == "Convolution"]
    if layer not in names:
        raise ValueError(f"there is no convolution {layer!r}; this network has {', '.join(names) or 'none'}")
    return training.network_of(state).get_submodule(layer).weight.detach().numpy()
