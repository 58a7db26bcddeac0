"""A trace backwards: the slope of a score, or of a loss, at every step. All images are (C, H, W)."""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from core.trace import Step, places, run, steps_of


def squared_error(outputs: Tensor, index: int) -> Tensor:
    """1/2 (target - output)² summed over (classes,) outputs; the target is 1 for class `index` and 0 elsewhere."""
    targets = F.one_hot(torch.tensor(index), len(outputs)).to(outputs.dtype)
    return ((targets - outputs) ** 2).sum() / 2


# name -> the one number whose slopes are asked for, from (classes,) logits and a class
AIMS: dict[str, Callable[[Tensor, int], Tensor]] = {
    "score": lambda logits, index: logits[index],
    "cross-entropy": lambda logits, index: -logits.log_softmax(dim=0)[index],
    "squared error": squared_error,
}


@dataclass(frozen=True)
class Backtrace:
    """A trace with the slopes of a score, or of a loss, at some of its steps."""

    steps: dict[str, Step]
    index: int  # of the class whose score it is, or which is the target
    slopes: dict[str, Tensor]  # d aim / d output, shaped like the output
    aim: str  # one of AIMS
    value: float  # of the score or loss


def backtrace(
    graph: fx.GraphModule, image: Tensor, index: int | None, start: str = "image", aim: str = "score"
) -> Backtrace:
    """Slopes of an aim for class `index` (None: the largest logit) at `start` and all steps after it.

    One pass forward and one back, a tenth slower than for the picture's slope alone (where the process keeps the memory
    it has had; asking for it anew costs more). Nothing is written to .grad.
    """
    names = list(places(graph))
    if start not in names:
        raise ValueError(f"no step is named {start!r}; the last ones are {', '.join(names[-6:])}")
    if aim not in AIMS:
        raise ValueError(f"there are no slopes of {aim!r}; choose one of {', '.join(AIMS)}")
    with torch.enable_grad():
        outputs = run(graph, image[None].detach().requires_grad_(True))
        logits = outputs[-1][0]  # (classes,)
        index = int(logits.argmax()) if index is None else index
        if not 0 <= index < len(logits):
            raise ValueError(f"there is no class {index}; the network knows 0 to {len(logits) - 1}")
        value, after = AIMS[aim](logits, index), names.index(start)
        slopes = torch.autograd.grad(value, outputs[after:], allow_unused=True, materialize_grads=True)
    found = {name: slope[0] for name, slope in zip(names[after:], slopes, strict=True)}
    return Backtrace(steps_of(graph, tuple(output.detach() for output in outputs)), index, found, aim, value.item())


@dataclass(frozen=True)
class Size:
    """How large the slopes are at one step."""

    name: str
    kind: str
    norm: float  # the root of the sum of their squares
    mean_abs: float
    share_zero: float  # 0 to 1; what ReLUs have shut off and max pooling has not chosen


def sizes(back: Backtrace) -> list[Size]:
    """How much arrives at every step on the way back, in the order the steps ran."""
    found = []
    for name, slope in back.slopes.items():
        norm = torch.linalg.vector_norm(slope, dtype=torch.float64).item()
        zeros = 1 - torch.count_nonzero(slope).item() / slope.numel()
        found.append(Size(name, back.steps[name].kind, norm, slope.abs().mean(dtype=torch.float64).item(), zeros))
    return found


def saliency(slope: Tensor) -> Tensor:
    """How much each pixel matters: the largest absolute slope over its channels. (C, H, W) -> (H, W)

    Simonyan, Vedaldi and Zisserman 2013, https://arxiv.org/abs/1312.6034
    """
    return slope.abs().amax(dim=0)


def class_index(labels: tuple[str, ...], asked: str) -> int:
    """The class of that label, in upper or lower case, or of that number; ValueError if it is none or several."""
    exact = [index for index, label in enumerate(labels) if label == asked]
    if not exact and asked.isdecimal() and int(asked) < len(labels):
        return int(asked)
    found = exact or [index for index, label in enumerate(labels) if label.casefold() == asked.casefold()]
    if not found:
        raise ValueError(f"there is no class {asked!r}; give a label such as {labels[0]!r} or 0 to {len(labels) - 1}")
    if len(found) > 1:
        raise ValueError(f"the classes {' and '.join(map(str, found))} are called {asked!r}; give one of the numbers")
    return found[0]


def last_maps(graph: fx.GraphModule) -> str:
    """The step whose maps Grad-CAM weighs: the last convolution, after its batch norm and activation if it has them."""
    steps = list(places(graph).values())
    last = max(at for at, step in enumerate(steps) if isinstance(step.layer, nn.Conv2d))
    while isinstance(steps[last + 1].layer, nn.BatchNorm2d | nn.ReLU | nn.ReLU6):
        last += 1
    return steps[last].name


def grad_cam(graph: fx.GraphModule, image: Tensor, index: int, layer: str | None = None) -> Tensor:
    """The evidence for class `index` in a layer's maps, by default the last: `evidence` of a fresh backtrace."""
    layer = layer or last_maps(graph)
    return evidence(backtrace(graph, image, index, layer), layer)


def evidence(back: Backtrace, layer: str) -> Tensor:
    r"""Weigh each map of a layer by its mean slope, add up, keep what speaks for the class. -> (H', W'), in logits

    $$ L = \mathrm{ReLU}\Big(\sum_k w_k A_k\Big), \qquad
       w_k = \frac{1}{H'W'} \sum_{i,j} \frac{\partial y}{\partial A_k(i, j)} $$

    Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391. ValueError for a step without maps.
    """
    maps = back.steps[layer].output
    if maps.ndim != 3:
        raise ValueError(f"{layer} has no maps to weigh; choose a convolution or a step between two of them")
    weights = back.slopes[layer].mean(dim=(1, 2))  # (K,)
    return torch.einsum("k,khw->hw", weights, maps).relu()


def reading(heat: Tensor, label: str) -> str:
    """What a Grad-CAM heat map of `label` says, in a sentence; a blank one is explained."""
    rows, columns = heat.shape
    if not heat.any():
        return (
            f"The map is blank: nowhere in the last {rows} × {columns} cells do the feature maps, weighed by their "
            f"slopes, add up to something in favour of {label}. That is an answer too, not a fault."
        )
    return (
        f"Bright cells speak for {label}: each of the last feature maps counts as much as the score (logit) of "
        f"{label} grows with it, and there they add up to the most. {rows} × {columns} cells, drawn smoothly."
    )
