"""Where any number of a network comes from: the cells it was made of, the weights, each term, the bias and the sum."""
import numpy as np
from torch import Tensor, nn

from core.arithmetic import Arithmetic, Explanation
from core.trace import Step

CURVES = {  # kinds of steps -> names of ops.ACTIVATIONS
    **{"ReLU": "ReLU", "relu": "ReLU", "LeakyReLU": "leaky ReLU", "ReLU6": "ReLU6", "relu6": "ReLU6", "GELU": "GELU"},
    **{"Sigmoid": "sigmoid", "sigmoid": "sigmoid", "Tanh": "tanh", "tanh": "tanh"},
    **{"Input": "none", "Identity": "none", "Dropout": "none"},  # what it was given, and what only training changes
}


def explain(steps: dict[str, Step], step: str, unit: tuple[int, ...]) -> Explanation:
    """Take one number of a trace apart; unit is (channel, row, column), or (channel,) on a vector.

    ValueError if the trace has no such step or unit, or if nothing is known of such a step.
    """
    if len(unit) not in (1, 3):
        raise ValueError(f"a unit is channel, row, column (or channel alone on a vector), not {unit}")
    channel, row, column = (*unit, 0, 0)[:3]
    found = arithmetic(steps, step, channel)
    if len(unit) == 1 and steps[step].output.ndim == 3:
        sides = " × ".join(map(str, found.output.shape))
        raise ValueError(f"{step} has maps of {sides}; a unit there is channel, row, column, not {channel} alone")
    return found.at(row, column)


def arithmetic(steps: dict[str, Step], step: str, channel: int) -> Arithmetic:
    """How map `channel` of a step of a trace comes about; ValueError as for `explain`."""
    if step not in steps:
        raise ValueError(f"there is no step called {step!r}; there are {', '.join(steps)}")
    found = steps[step]
    _must_be_explicable(steps, found)
    count = len(found.output)
    if not 0 <= channel < count:
        raise ValueError(f"{step} has {count:,} outputs, numbered from 0 to {count - 1:,}, and no {channel:,}")
    sources = found.sources or (step,)  # the input comes from nowhere
    maps = [_maps(steps[source].output) for source in sources]
    base = {
        **dict(step=step, kind=found.kind, rule="sum", channel=channel, feeders=sources),
        **dict(channels=np.arange(len(maps[0])), inputs=maps[0], output=_maps(found.output)[channel]),
        **dict(size=(1, 1), weights=None, bias=0.0),
    }
    return Arithmetic(**base | _rule_of(found, maps, channel))


def _must_be_explicable(steps: dict[str, Step], step: Step) -> None:
    """ValueError for what would give a wrong number in silence."""
    around = [step, *(steps[source] for source in step.sources)]
    if any(one.output.ndim not in (1, 3) for one in around):
        raise ValueError(f"{step.name} takes or gives neither maps nor a vector; that is not explained")
    lost = {source for one in steps.values() if _overwrites(steps, one) for source in one.sources}
    for one in around:
        if one.name in lost:
            raise ValueError(f"a later step wrote over what {one.name} gave, so {step.name} can't be explained")
    if step.kind == "add" and [one.output.shape for one in around] != [step.output.shape] * 3:
        raise ValueError(f"{step.name} adds something other than two steps of the same shape; that is not explained")
    if settings := _unknown_settings(step):
        raise ValueError(f"{step.name}, a {step.kind}, {settings}; that is not explained")


def _overwrites(steps: dict[str, Step], step: Step) -> bool:
    """As nn.ReLU(inplace=True) and F.relu_ do; dropout and flattening give on what they got, which is no harm."""
    if CURVES.get(step.kind) == "none":
        return False
    may = step.kind in CURVES or step.kind.endswith("_") or getattr(step.layer, "inplace", False)
    return may and steps[step.sources[0]].output.data_ptr() == step.output.data_ptr()


def _unknown_settings(step: Step) -> str | None:
    match step.layer:
        case nn.Conv2d(padding_mode=mode) if mode != "zeros":
            return f"is padded not with zeros but by {mode!r}"
        case nn.BatchNorm2d(running_mean=None):
            return "normalises by the picture's own mean and variance"
        case nn.LeakyReLU(negative_slope=slope) if slope != 0.01:
            return f"has the slope {slope} and not 0.01"
        case nn.GELU(approximate=way) if way != "none":
            return f"is approximated by {way}"
        case nn.Softmax(dim=axis) if axis not in (1, -3) and not (axis == -1 and step.output.ndim == 1):
            return f"shares out along axis {axis} and not over channels (axis 1)"
    return None


def _maps(output: Tensor) -> np.ndarray:
    values = output.detach().numpy()
    return values if values.ndim == 3 else values.reshape(-1, 1, 1)


def _rule_of(step: Step, maps: list[np.ndarray], channel: int) -> dict:
    """What is special about a kind of step: its window, its weights, and which maps it looks at."""
    first, own = maps[0], slice(channel, channel + 1)
    alone = dict(channels=np.array([channel]), inputs=first[own])
    match step.layer:
        case nn.Conv2d() as layer:
            return _convolution(layer, first, channel)
        case nn.Linear() as layer if step.output.ndim == 1:
            return dict(weights=_numbers(layer.weight[channel, :, None, None]), bias=_bias(layer, channel))
        case nn.BatchNorm2d() as layer:
            return alone | _batch_norm(layer, channel)
        case nn.MaxPool2d() as layer:
            return alone | dict(rule="max", **_window(layer, layer.padding, layer.dilation))
        case nn.AvgPool2d() | nn.AdaptiveAvgPool2d() as layer:
            return alone | _average(step, layer, first)
        case nn.ZeroPad2d() as layer:
            left, _, top, _ = layer.padding
            return alone | dict(weights=np.ones((1, 1, 1)), start=(-top, -left))
        case nn.Flatten() if step.output.ndim == 1:
            came, row, column = np.unravel_index(channel, first.shape)
            here = dict(channels=np.array([came]), inputs=first[came : came + 1])
            return here | dict(weights=np.ones((1, 1, 1)), start=(int(row), int(column)))
        case nn.Unflatten() if step.output.ndim == 3:
            return dict(channels=np.array([channel]), weights=np.ones((1, 1, 1)), laid_out=True) | dict(
                inputs=first.reshape(step.output.shape)[own]
            )
        case nn.Upsample():
            return alone | dict(weights=np.ones((1, 1, 1)), repeat=_repeat(step, first))
    if step.kind in CURVES:
        return alone | dict(rule="curve", curve=CURVES[step.kind])
    if step.kind == "add":
        here = dict(channels=np.full(len(maps), channel), inputs=np.concatenate([one[own] for one in maps]))
        return here | dict(weights=np.ones((len(maps), 1, 1)))
    if step.kind in ("Softmax", "softmax"):
        return dict(rule="softmax")
    raise ValueError(f"no explanation is known for {step.name}, a {step.kind}")


def _numbers(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy()


def _bias(layer: nn.Module, channel: int) -> float:
    return 0.0 if layer.bias is None else layer.bias[channel].item()


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def _window(layer: nn.Module, padding: int | tuple[int, int], dilation: int | tuple[int, int] = 1) -> dict:
    size, stride, (down, across) = _pair(layer.kernel_size), _pair(layer.stride), _pair(padding)
    return dict(size=size, stride=stride, start=(-down, -across), dilation=_pair(dilation))


def _convolution(layer: nn.Conv2d, maps: np.ndarray, channel: int) -> dict:
    """A filter hears the maps of its group only; depthwise, its own alone."""
    before = [layer.dilation[at] * (layer.kernel_size[at] - 1) // 2 for at in (0, 1)]
    padding = {"same": tuple(before), "valid": 0}.get(layer.padding, layer.padding)
    heard = layer.in_channels // layer.groups
    first = channel // (layer.out_channels // layer.groups) * heard
    here = dict(channels=np.arange(first, first + heard), inputs=maps[first : first + heard])
    weights = dict(weights=_numbers(layer.weight[channel]), bias=_bias(layer, channel))
    return here | weights | _window(layer, padding, layer.dilation)


def _batch_norm(layer: nn.BatchNorm2d, channel: int) -> dict:
    """scale (x - mean) / sqrt(variance + eps) + shift is one slope times x plus one constant.

    Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
    """
    mean, variance = layer.running_mean[channel].item(), layer.running_var[channel].item()
    scale, shift = (layer.weight[channel].item(), layer.bias[channel].item()) if layer.affine else (1.0, 0.0)
    slope = scale / (variance + layer.eps) ** 0.5
    size = abs(shift) + abs(mean * slope)  # where these two all but cancel, float32 keeps few digits of the bias
    return dict(weights=np.full((1, 1, 1), slope), bias=shift - mean * slope, bias_size=size)


def _repeat(step: Step, maps: np.ndarray) -> tuple[int, int]:
    """Nearest neighbour: each cell stands for so many rows and columns of the larger map."""
    (high, wide), (rows, columns) = step.output.shape[1:], maps.shape[1:]
    if step.layer.mode != "nearest" or high % rows or wide % columns:
        raise ValueError(f"{step.name} does not repeat whole cells; that is not explained")
    return high // rows, wide // columns


def _average(step: Step, layer: nn.AvgPool2d | nn.AdaptiveAvgPool2d, maps: np.ndarray) -> dict:
    """Every cell of the window counts the same, those in the padding as zeros."""
    if isinstance(layer, nn.AvgPool2d):
        window = _window(layer, layer.padding)
        if layer.ceil_mode or layer.divisor_override or (window["start"] != (0, 0) and not layer.count_include_pad):
            raise ValueError(f"{step.name} does not divide by the size of its window; that is not explained")
    else:
        (rows, columns), (height, width) = _maps(step.output).shape[1:], maps.shape[1:]
        if height % rows or width % columns:
            raise ValueError(f"{step.name} has windows of different sizes; that is not explained")
        window = dict(size=(height // rows, width // columns), stride=(height // rows, width // columns))
    return window | dict(weights=np.full((1, *window["size"]), 1 / np.prod(window["size"])))
