"""What the pages ask of the engine on the way back, and the small part of the answer that is kept."""
from dataclasses import dataclass

import numpy as np

from core import attribution, gradients, images, nudges, weight_slopes
from core import passages as core_passages
from core.backwards import Backward, explain_backward, slopes_at
from core.images import Fitted
from core.nudges import Nudge
from core.passages import Passage
from core.weight_slopes import explain_weight
from core.zoo import Network

Aim = tuple[str, int]  # one of gradients.AIMS, and a class
Tap = tuple[int, int, int]  # channel, row and column in a kernel


@dataclass(frozen=True)
class Layer:
    """What a step gave, and what comes back to it."""

    values: np.ndarray  # (K, H', W'); a vector as (D, 1, 1)
    slopes: np.ndarray  # as values
    aim: float  # the score or loss

    @property
    def strength(self) -> np.ndarray:
        """How much each map counts, (K,): its mean |value × slope|, or |slope| where that is nothing everywhere."""
        counts = np.abs(self.values * self.slopes).mean(axis=(1, 2))
        return counts if counts.any() else np.abs(self.slopes).mean(axis=(1, 2))


@dataclass(frozen=True)
class Weights:
    """The weights behind one map, and the slope along each."""

    kernel: np.ndarray  # (C, k, k)
    slopes: np.ndarray  # (C, k, k)
    chosen: Backward  # of one of them, or of the bias
    value: float  # of that one


def way(net: Network, fitted: Fitted, aim: Aim) -> list[gradients.Size]:
    """How large the slopes are, step by step."""
    return gradients.sizes(_back(net, fitted, aim, "image"))


def layer(net: Network, fitted: Fitted, aim: Aim, step: str) -> Layer:
    """A step from both sides."""
    back = _back(net, fitted, aim, step)
    values, slopes = back.steps[step].output.numpy(), slopes_at(back, step)
    maps = values if values.ndim == 3 else values.reshape(-1, 1, 1)
    return Layer(np.ascontiguousarray(maps), np.ascontiguousarray(slopes.reshape(maps.shape)), back.value)


def unit(net: Network, fitted: Fitted, aim: Aim, step: str, place: tuple[int, int, int]) -> Backward:
    """The slope along one number of a step, taken apart; on a vector, the channel is the place."""
    back = _back(net, fitted, aim, step)
    return explain_backward(back, step, place if back.steps[step].output.ndim == 3 else place[:1])


def weights(net: Network, fitted: Fitted, aim: Aim, step: str, channel: int, place: Tap | None) -> Weights:
    """The weights that made map `channel`; taken apart is the slope along that at `place`, None: along the bias."""
    back = _back(net, fitted, aim, step)
    kernel, slopes = (
        found[channel].numpy().reshape(_cube(found[channel].shape))
        for found in (back.steps[step].layer.weight.detach(), weight_slopes.weight_gradient(back, step))
    )
    index = weight_index(back.steps[step].layer.weight.ndim, channel, place)
    parameter = "bias" if place is None else "weight"
    value = getattr(back.steps[step].layer, parameter)[index].item()
    chosen = explain_weight(back, step, index, parameter)
    return Weights(np.ascontiguousarray(kernel), np.ascontiguousarray(slopes), chosen, value)


def _cube(shape: tuple[int, ...]) -> Tap:
    return (*shape, 1, 1, 1)[:3]


def weight_index(dimensions: int, channel: int, place: Tap | None) -> tuple[int, ...]:
    """A place in the kernel of a channel, as an index into the layer's own weights; None is its bias."""
    return (channel,) if place is None else (channel, *place)[:dimensions]


def heat(net: Network, fitted: Fitted, method: str, index: int) -> attribution.Attribution:
    """What one of attribution.METHODS says."""
    return attribution.METHODS[method](net.graph, _image(net, fitted), index)


def nudge(net: Network, fitted: Fitted, aim: Aim, what: tuple, steps: tuple[float, ...]) -> list[Nudge]:
    """The picture, what = ((channel, row, column),), or a weight, (layer, parameter, index), changed by each step."""
    change = nudges.nudge_pixel if len(what) == 1 else nudges.nudge_weight
    return change(net.graph, _image(net, fitted), aim[1], aim[0], *what, steps)


def _back(net: Network, fitted: Fitted, aim: Aim, start: str) -> gradients.Backtrace:
    return gradients.backtrace(net.graph, _image(net, fitted), aim[1], start, aim[0])


def _image(net: Network, fitted: Fitted):
    return images.to_tensor(fitted, net.preprocessing)


def passages(net: Network, fitted: Fitted, aim: Aim) -> tuple[Passage, ...]:
    """How large values and slopes are at every step."""
    return core_passages.passages(net.graph, _image(net, fitted), *aim)


# what may be kept, as it is small
SMALL = {"way": way, "passages": passages, "unit": unit, "weights": weights, "heat": heat, "nudge": nudge}
