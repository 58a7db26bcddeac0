"""Where a score comes from, read off its slopes. All images are (C, H, W)."""
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn

from core.trace import Step, places, run, steps_of


@dataclass(frozen=True)
class Backtrace:
    """A trace with the slope of one logit at some of its steps."""

    steps: dict[str, Step]
    index: int  # of the logit
    slopes: dict[str, Tensor]  # d logit / d output, shaped like the output


def backtrace(graph: fx.GraphModule, image: Tensor, index: int | None, start: str) -> Backtrace:
    """Slopes of logit `index` (None: the largest) at `start` and all steps after it; nothing is written to .grad."""
    names = list(places(graph))
    if start not in names:
        raise ValueError(f"no step is named {start!r}; the last ones are {', '.join(names[-6:])}")
    with torch.enable_grad():
        outputs = run(graph, image[None].detach().requires_grad_(True))
        logits = outputs[-1][0]  # (classes,)
        index = int(logits.argmax()) if index is None else index
        if not 0 <= index < len(logits):
            raise ValueError(f"there is no class {index}; the network knows 0 to {len(logits) - 1}")
        after = names.index(start)
        slopes = torch.autograd.grad(logits[index], outputs[after:], allow_unused=True)
    heard = {name: slope[0] for name, slope in zip(names[after:], slopes, strict=True) if slope is not None}
    return Backtrace(steps_of(graph, tuple(output.detach() for output in outputs)), index, heard)


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
