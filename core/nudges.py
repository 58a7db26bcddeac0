"""One number of the picture or of the weights a little larger: what its slope predicts, and what really happens."""
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, fx

from core.gradients import AIMS
from core.trace import places, run


@dataclass(frozen=True)
class Nudge:
    """A score or loss before and after one number was changed; in double precision, so that small steps count."""

    step: float
    slope: float  # d aim / d number, where the number was
    before: float
    after: float

    @property
    def predicted(self) -> float:
        """The change if the slope stayed what it is: slope × step."""
        return self.slope * self.step

    @property
    def real(self) -> float:
        """The change when the network runs again."""
        return self.after - self.before


def nudge_pixel(
    graph: fx.GraphModule, image: Tensor, index: int, aim: str, place: tuple[int, ...], steps: Sequence[float]
) -> list[Nudge]:
    """Change the number at (channel, row, column) of an image (C, H, W) by each of the steps, in the network's units.

    ValueError if there is no such place, class or aim, or if a step is not finite.
    """
    pixels = image.detach().double().clone()
    return _nudged(_copy(graph), pixels, pixels, index, aim, place, steps)


def nudge_weight(
    graph: fx.GraphModule, image: Tensor, index: int, aim: str, layer: str, parameter: str, place: tuple[int, ...],
    steps: Sequence[float],
) -> list[Nudge]:  # fmt: skip
    """Change one weight of a layer, parameter "weight" or "bias", by each of the steps, in a copy of the network.

    place is as in the layer's own tensor. ValueError as for `nudge_pixel`, or if the layer has no such parameter.
    """
    if layer not in places(graph):
        raise ValueError(f"there is no step called {layer!r}; the last ones are {', '.join(list(places(graph))[-6:])}")
    copy = _copy(graph)
    node = next(node for node in copy.graph.nodes if node.name == layer)
    owner = copy.get_submodule(node.target) if node.op == "call_module" else None
    number = dict(owner.named_parameters(recurse=False)).get(parameter) if owner else None
    if number is None:
        raise ValueError(f"{layer} has no {parameter}; choose a convolution, a batch norm or a dense layer")
    return _nudged(copy, image.detach().double(), number, index, aim, place, steps)


def _copy(graph: fx.GraphModule) -> fx.GraphModule:
    """In double precision, where the usual order of numbers in memory takes half the time of channels_last."""
    return deepcopy(graph).to(dtype=torch.double, memory_format=torch.contiguous_format)


def _nudged(
    copy: fx.GraphModule, image: Tensor, numbers: Tensor, index: int, aim: str, place: tuple[int, ...],
    steps: Sequence[float],
) -> list[Nudge]:  # fmt: skip
    """`numbers` are the image or weights of the copy: what is written into them reaches nobody else."""
    if len(place) != numbers.ndim or not all(0 <= at < size for at, size in zip(place, numbers.shape, strict=True)):
        sides, asked = " × ".join(map(str, numbers.shape)), ", ".join(map(str, place))
        raise ValueError(f"there are {sides} numbers, counted from 0, and none at {asked}")
    if aim not in AIMS:
        raise ValueError(f"there are no slopes of {aim!r}; choose one of {', '.join(AIMS)}")
    if not torch.tensor(steps).isfinite().all():
        raise ValueError("a step must be a finite number")
    with torch.enable_grad():
        numbers.requires_grad_(True)
        logits = run(copy, image[None])[-1][0]
        if not 0 <= index < len(logits):
            raise ValueError(f"there is no class {index}; the network knows 0 to {len(logits) - 1}")
        before = AIMS[aim](logits, index)
        (slopes,) = torch.autograd.grad(before, numbers)
    found, first = [], numbers[place].item()
    with torch.no_grad():
        for step in steps:
            numbers[place] = first + step
            after = AIMS[aim](run(copy, image[None])[-1][0], index).item()
            found.append(Nudge(float(step), slopes[place].item(), before.item(), after))
    return found
