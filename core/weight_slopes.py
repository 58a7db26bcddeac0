"""Where the slope along a weight comes from: every place where it was used, upstream slope × input."""
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.arithmetic import Arithmetic
from core.backwards import Backward, added_up, slopes_at
from core.explain import arithmetic
from core.gradients import Backtrace
from core.trace import Step


def explain_weight(back: Backtrace, step: str, index: tuple[int, ...], parameter: str = "weight") -> Backward:
    """Take the slope along one weight or bias apart: it adds up over all places of the output that it had a part in.

    index as in the layer's own tensor: (filter, channel, row, column) of a convolution, (output, input) of a fully
    connected layer, (channel,) of a batch norm and of every bias, which is always multiplied by 1. ValueError as for
    `explain_backward`, or if the layer has no such weight.
    """
    upstream = slopes_at(back, step)
    weights = _parameter(back.steps[step], parameter)
    if len(index) != weights.ndim or not all(0 <= at < size for at, size in zip(index, weights.shape, strict=True)):
        sides, asked = " × ".join(map(str, weights.shape)), ", ".join(map(str, index))
        raise ValueError(f"the {parameter} of {step} is {sides} numbers, counted from 0, and has none at {asked}")
    gradient = weight_gradient(back, step, parameter)[index].item()
    own = upstream[index[:1]]  # (H', W')
    places = np.stack([np.full(own.shape, index[0]), *np.indices(own.shape)], axis=-1).reshape(-1, 3)
    inputs = np.ones(own.size) if parameter == "bias" else _inputs(back, step, index)
    return added_up(back, step, index, [(step, places, own.ravel().astype(float), inputs)], gradient)


def _parameter(step: Step, parameter: str) -> Tensor:
    known = isinstance(step.layer, nn.Conv2d | nn.Linear | nn.BatchNorm2d) and parameter in ("weight", "bias")
    found = getattr(step.layer, parameter) if known else None
    if found is None:
        raise ValueError(f"{step.name}, a {step.kind}, has no {parameter} to learn; convolutions and dense layers have")
    return found


def _inputs(back: Backtrace, step: str, index: tuple[int, ...]) -> np.ndarray:
    """What the weight multiplies at each place of the output, (H' W',); zero in the padding."""
    way, layer = arithmetic(back.steps, step, index[0]), back.steps[step].layer
    if isinstance(layer, nn.BatchNorm2d):
        mean, variance = layer.running_mean[index[0]].item(), layer.running_var[index[0]].item()
        return (way.inputs[0].astype(float).ravel() - mean) / (variance + layer.eps) ** 0.5
    channel, *tap = *index[1:], 0, 0
    rows, columns = (
        start + stride * np.arange(count) + dilation * at
        for start, stride, count, dilation, at in zip(
            way.start, way.stride, way.output.shape, way.dilation, tap[:2], strict=True
        )
    )
    (height, width), rows, columns = way.extent, rows[:, None], columns[None]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    seen = way.inputs[channel, rows.clip(0, height - 1), columns.clip(0, width - 1)]
    return np.where(inside, seen, 0.0).ravel()


def weight_gradient(back: Backtrace, step: str, parameter: str = "weight") -> Tensor:
    """Slopes along all weights (or biases) of a layer, from what it was given and what comes back to it."""
    slopes_at(back, step)  # complains if there are none
    found = back.steps[step]
    shape, layer = _parameter(found, parameter).shape, found.layer
    upstream, inputs = back.slopes[step], back.steps[found.sources[0]].output
    if parameter == "bias":
        return upstream.reshape(len(upstream), -1).sum(dim=1)
    if isinstance(layer, nn.Linear):
        return torch.outer(upstream, inputs)
    if isinstance(layer, nn.BatchNorm2d):
        flat = F.batch_norm(inputs[None], layer.running_mean, layer.running_var, eps=layer.eps)[0]
        return (upstream * flat).sum(dim=(1, 2))
    way = arithmetic(back.steps, step, 0)
    padded = F.pad(inputs[None], (*_padding(way, 1), *_padding(way, 0)))
    return torch.nn.grad.conv2d_weight(padded, shape, upstream[None], layer.stride, 0, layer.dilation, layer.groups)


def _padding(way: Arithmetic, axis: int) -> tuple[int, int]:
    """Cells that the windows look at before the first and after the last of a map."""
    end = way.start[axis] + (way.output.shape[axis] - 1) * way.stride[axis] + way.reach[axis]
    return -way.start[axis], max(0, end - way.extent[axis])
