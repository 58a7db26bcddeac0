"""Where a slope comes from: everything that a number feeds, upstream slope × local slope, term by term."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from core import ops
from core.arithmetic import ROUNDING, Arithmetic
from core.explain import arithmetic
from core.gradients import Backtrace
from core.trace import Step

Place = tuple[int, int, int]  # channel, row, column


@dataclass(frozen=True)
class Backward:
    """The slope along one number taken apart: T terms, each upstream × slope, and their sum."""

    step: str
    kind: str  # "Conv2d"
    unit: tuple[int, ...]  # channel, row, column; of a weight its index
    consumers: tuple[str, ...]  # (T,) the step that each term comes back from; behind the last step the aim itself
    targets: np.ndarray  # (T, 3) channel, row and column there
    upstream: np.ndarray  # (T,) d aim / d target
    slopes: np.ndarray  # (T,) d target / d the number; for a weight that is the input it multiplies there
    products: np.ndarray  # (T,)
    sum: float  # of the products
    gradient: float  # what torch has, in the network's own precision

    @property
    def difference(self) -> float:
        """Sum less gradient: what rounding in the network has cost."""
        return self.sum - self.gradient


def explain_backward(back: Backtrace, step: str, unit: tuple[int, ...]) -> Backward:
    r"""Take the slope along one number apart: by the chain rule it adds up over all that the number feeds.

    $$ \frac{\partial L}{\partial x} = \sum_t \frac{\partial L}{\partial y_t} \frac{\partial y_t}{\partial x} $$

    unit is (channel, row, column), or (channel,) on a vector. ValueError if there is no such step or unit, or if
    nothing is known of a step that it feeds. Rumelhart, Hinton and Williams 1986, https://doi.org/10.1038/323533a0
    """
    place = _place(slopes_at(back, step), step, unit)
    fed = [other for other in back.steps.values() if step in other.sources]
    parts = [(other.name, *_terms(back, other, step, place)) for other in fed]
    if step == list(back.steps)[-1]:
        parts.append((back.aim, np.zeros((1, 3), int), np.ones(1), np.array([_aimed(back, place[0])])))
    return added_up(back, step, place, parts, slopes_at(back, step)[place])


def slopes_at(back: Backtrace, step: str) -> np.ndarray:
    """What comes back to a step, as maps (C, H, W); ValueError if there is none, or no such step."""
    if step not in back.steps:
        raise ValueError(f"there is no step called {step!r}; there are {', '.join(back.steps)}")
    if step not in back.slopes:
        raise ValueError(f"there is no slope at {step}; they begin at {next(iter(back.slopes))}")
    return _maps(back.slopes[step])


def _maps(values: Tensor) -> np.ndarray:
    numbers = values.detach().numpy()
    return numbers if numbers.ndim == 3 else numbers.reshape(len(numbers), 1, -1)


def _place(maps: np.ndarray, step: str, unit: tuple[int, ...]) -> Place:
    form = "channel alone" if maps[0].size == 1 else "channel, row, column"
    if len(unit) != 3 and not (len(unit) == 1 and maps[0].size == 1):
        raise ValueError(f"a unit of {step} is {form}, not {', '.join(map(str, unit)) or 'nothing'}")
    place = (*unit, 0, 0)[:3]
    if not all(0 <= at < length for at, length in zip(place, maps.shape, strict=True)):
        sides = " × ".join(map(str, maps.shape[: len(unit)]))
        raise ValueError(f"{step} has {sides} numbers, counted from 0, and none at {', '.join(map(str, unit))}")
    return place


def added_up(back: Backtrace, step: str, unit: tuple[int, ...], parts: list[tuple], gradient: float) -> Backward:
    """All parts (name, targets, upstream, slopes) in one record; ValueError if they don't make torch's gradient."""
    consumers = tuple(name for name, targets, *_ in parts for _ in targets)
    empty = (np.zeros((0, 3), int), np.zeros(0), np.zeros(0))
    targets, upstream, slopes = (
        np.concatenate([first, *rest]) for first, *rest in zip(empty, *(part[1:] for part in parts), strict=True)
    )
    products = upstream * slopes + 0.0  # no minus zero
    total, kind = float(products.sum()), back.steps[step].kind
    if abs(total - gradient) > ROUNDING * max(np.abs(products).sum(), 1e-30):  # float32 has little below 1e-30
        raise ValueError(f"{step}, a {kind}, has the slope {gradient:g} where its terms make {total:g}")
    return Backward(step, kind, unit, consumers, targets, upstream, slopes, products, total, float(gradient))


# ---- along a unit: where it is heard, and how much a little more of it changes there --------------------------------


def _terms(back: Backtrace, consumer: Step, source: str, place: Place) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (T, 3) in a step that the unit feeds, upstream (T,) and local slopes (T,)."""
    if isinstance(consumer.layer, nn.Unflatten):
        place = tuple(int(at) for at in np.unravel_index(place[0], consumer.output.shape))
    channels = _hearing(consumer, _maps(back.steps[source].output).shape, place)
    way = arithmetic(back.steps, consumer.name, int(channels[0]))  # windows slide over all channels alike
    (rows, down), (columns, across) = (_windows(way, axis, place[1 + axis]) for axis in (0, 1))
    targets = np.stack(np.meshgrid(channels, rows, columns, indexing="ij"), axis=-1).reshape(-1, 3)
    if way.rule == "sum":
        slopes = _weights(consumer, way, channels, place)[:, down][:, :, across].ravel()
    else:
        slopes = LOCAL[way.rule](way, targets, place)
    upstream = slopes_at(back, consumer.name)[tuple(targets.T)]
    return targets, upstream.astype(float), slopes.astype(float)


def _hearing(consumer: Step, shape: Place, place: Place) -> np.ndarray:
    """Which channels of a step hear this unit of maps (C, H, W): (K,)."""
    match consumer.layer:
        case nn.Conv2d() as layer:
            filters = layer.out_channels // layer.groups
            return np.arange(filters) + place[0] // (layer.in_channels // layer.groups) * filters
        case nn.Flatten():
            return np.array([np.ravel_multi_index(place, shape)])
    everybody = isinstance(consumer.layer, nn.Linear) or consumer.kind in ("Softmax", "softmax")
    return np.arange(len(consumer.output)) if everybody else np.array([place[0]])


def _windows(way: Arithmetic, axis: int, at: int) -> tuple[np.ndarray, np.ndarray]:
    """Along one axis: the windows that cover cell `at`, and which of their cells it is."""
    taps = np.arange(way.size[axis])[::-1]  # the first window has it as its last cell
    ahead = at - way.start[axis] - taps * way.dilation[axis]
    windows = ahead // way.stride[axis]
    fits = (ahead % way.stride[axis] == 0) & (windows >= 0) & (windows < way.output.shape[axis] // way.repeat[axis])
    copies = np.arange(way.repeat[axis])  # an upsampled cell is heard several times
    return (windows[fits][:, None] * len(copies) + copies).ravel(), taps[fits].repeat(len(copies))


def _weights(consumer: Step, way: Arithmetic, channels: np.ndarray, place: Place) -> np.ndarray:
    """What each of the channels multiplies the unit's channel by: (K, k, k)."""
    match consumer.layer:
        case nn.Conv2d() as layer:
            return layer.weight[channels, place[0] % (layer.in_channels // layer.groups)].detach().numpy()
        case nn.Linear() as layer:
            return layer.weight[:, place[0], None, None].detach().numpy()
    return way.weights[:1]  # every other kind looks at each channel alone


def _won(way: Arithmetic, targets: np.ndarray, place: Place) -> np.ndarray:
    """1 where the unit is the largest of its window, the first of equals as torch has it; the others pass nothing."""
    windows = [way.at(row, column) for row, column in targets[:, 1:].tolist()]
    return np.array([(window.sources[window.weights == 1] == place).all() for window in windows])


def _bent(way: Arithmetic, _: np.ndarray, place: Place) -> np.ndarray:
    """The slope of the activation function where the unit is; for ReLU a gate that is open (1) or shut (0)."""
    return ops.SLOPES[way.curve](way.inputs[:, place[1], place[2]].astype(float))


def _shared(way: Arithmetic, targets: np.ndarray, place: Place) -> np.ndarray:
    """Of softmax: more for one class is less for all others, p (1 - p) and -p q."""
    shares = ops.softmax(way.inputs[:, place[1], place[2]].astype(float))
    return shares * ((targets[:, 0] == place[0]) - shares[place[0]])


LOCAL: dict[str, Callable] = {"max": _won, "curve": _bent, "softmax": _shared}


def _aimed(back: Backtrace, channel: int) -> float:
    """The slope of the aim along one output of the network."""
    *_, last = back.steps.values()
    outputs, target = last.output.numpy().astype(float), float(channel == back.index)
    slopes = {
        "score": target,
        "cross-entropy": ops.softmax(outputs)[channel] - target,  # probability less target
        "squared error": outputs[channel] - target,
    }
    return slopes[back.aim]
