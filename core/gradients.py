"""Where a score comes from, read off its slopes. All images are (C, H, W)."""
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn

from core.trace import Step, record


@dataclass(frozen=True)
class Backtrace:
    """A trace with the slope of one logit at some of its steps."""

    steps: dict[str, Step]
    slopes: dict[str, Tensor]  # d logit / d output, shaped like the output


def backtrace(graph: fx.GraphModule, image: Tensor, index: int, start: str) -> Backtrace:
    """Slopes of logit `index` at the step `start` and at all that follow from it; nothing is written to .grad."""
    names = [node.name for node in graph.graph.nodes if node.op != "output"]
    if start not in names:
        raise ValueError(f"no step is named {start!r}; the last ones are {', '.join(names[-6:])}")
    with torch.enable_grad():
        recorder = record(graph, image, slopes_from=start)
        logits = list(recorder.batches.values())[-1][0]  # (classes,)
        if not 0 <= index < len(logits):
            raise ValueError(f"there is no class {index}; the network knows 0 to {len(logits) - 1}")
        heard = {name: batch for name, batch in recorder.batches.items() if batch.requires_grad}
        slopes = torch.autograd.grad(logits[index], list(heard.values()))
    return Backtrace(recorder.steps, {name: slope[0] for name, slope in zip(heard, slopes, strict=True)})


def last_maps(graph: fx.GraphModule) -> str:
    """The step whose maps Grad-CAM weighs: the last convolution, after its batch norm and activation if it has them."""
    nodes = list(graph.graph.nodes)
    layer = {node: graph.get_submodule(node.target) for node in nodes if node.op == "call_module"}
    last = max(at for at, node in enumerate(nodes) if isinstance(layer.get(node), nn.Conv2d))
    while isinstance(layer.get(nodes[last + 1]), nn.BatchNorm2d | nn.ReLU | nn.ReLU6):
        last += 1
    return nodes[last].name


def grad_cam(graph: fx.GraphModule, image: Tensor, index: int, layer: str | None = None) -> Tensor:
    r"""Weigh each map of a layer by its mean slope, add up, keep what speaks for class `index`. -> (H', W'), in logits

    $$ L = \mathrm{ReLU}\Big(\sum_k w_k A_k\Big), \qquad
       w_k = \frac{1}{H'W'} \sum_{i,j} \frac{\partial y}{\partial A_k(i, j)} $$

    Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391. ValueError for an unknown class or layer.
    """
    layer = layer or last_maps(graph)
    back = backtrace(graph, image, index, layer)
    weights = back.slopes[layer].mean(dim=(1, 2))  # (K,)
    return torch.einsum("k,khw->hw", weights, back.steps[layer].output.detach()).relu()


def reading(heat: Tensor, label: str) -> str:
    """What a Grad-CAM heat map of `label` says, in a sentence; a blank one is explained."""
    rows, columns = heat.shape
    if not heat.any():
        return (
            f"The map is blank: nowhere in the last {rows} × {columns} cells do the feature maps, weighed by their "
            f"slopes, add up to something in favour of {label}. That is an answer too, not a fault."
        )
    return (
        f"Bright cells speak for {label}: there the last feature maps, each weighed by how much the logit "
        f"rises with it, add up to the most. It is {rows} × {columns} cells, drawn smoothly."
    )
