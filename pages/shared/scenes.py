"""What the calculation component is sent: the arithmetic of one map, packed into bytes."""
from dataclasses import dataclass, field

import numpy as np

from core import ops
from core.arithmetic import STRAIGHT, Arithmetic
from pages.shared.components import as_bytes, pack

CURVES = {  # as a formula, for a spreadsheet, for PyTorch
    "none": ("x", "x", ""),
    "ReLU": ("max(0, x)", "MAX(0,x)", "torch.relu"),
    "leaky ReLU": ("x above zero, 0.01 x below", "IF(x>0,x,0.01*x)", "torch.nn.functional.leaky_relu"),
    "ReLU6": ("min(max(0, x), 6)", "MIN(MAX(0,x),6)", "torch.nn.functional.relu6"),
    "sigmoid": ("1 / (1 + exp(−x))", "1/(1+EXP(-x))", "torch.sigmoid"),
    "tanh": ("tanh(x)", "TANH(x)", "torch.tanh"),
    "GELU": ("x times the share of a bell curve below x", "0.5*x*(1+ERF(x/SQRT(2)))", "torch.nn.functional.gelu"),
}
EXACT = 20_000  # numbers of an output that are sent in the engine's own precision
BIASED = ("Conv2d", "Linear", "BatchNorm2d")  # kinds of steps that add a number of their own
POINTS = 241  # along a curve


@dataclass(frozen=True)
class Vector:
    """All outputs of a layer that gives a vector, to choose from."""

    values: np.ndarray  # (K,)
    names: list[str]
    shown: list[int]  # which of them, and in which order
    share: bool = False  # they are probabilities


@dataclass(frozen=True)
class Overview:
    """The whole map or photo that a part was taken from."""

    key: str
    frame: tuple[float, float, float, float]  # left, top, right, bottom as shares of the whole
    size: tuple[int, int]  # rows, columns
    jpeg: bytes = b""  # a photo, or else
    values: np.ndarray | None = None  # (H, W)


@dataclass(frozen=True)
class Telling:
    """The words around a calculation, and what may be done with it."""

    titles: tuple[str, str, str, str]  # of the input, what is between, the output, and the number
    had: str = "The network had"
    unit: str = "channel"
    names: list[str] = field(default_factory=list)  # of the input channels, instead of their numbers
    input_words: str = "these maps"
    output_words: str = "this map"
    grey: bool = False  # the input is a picture
    editable: bool = False
    again: int = 0  # how often the way back has led to the cell to begin with
    own: bool = False  # the visitor has typed into this kernel
    asked: tuple[int, int] | None = None  # this cell's number is not told yet
    last: str = ""  # one more sentence on the result
    unit_name: str = ""


def scene(
    of: Arithmetic, at: tuple[int, int], tell: Telling, key: str, shows: str,
    overview: Overview | None = None, vector: Vector | None = None, bank: tuple[np.ndarray, np.ndarray] | None = None,
) -> bytes:  # fmt: skip
    """Pack a map with all that pointing at it needs; `at` is the cell to begin with; bank: all filters."""
    low, high = _range(of)
    header = {
        **dict(key=key, shows=shows, step=of.step, rule=of.rule, channel=of.channel, bias=of.bias, at=at),
        **dict(titles=tell.titles, had=tell.had, ask=tell.asked, editable=tell.editable, last=tell.last),
        **dict(own=tell.own, again=tell.again),
        **dict(names=tell.names, feeders=of.feeders, unitName=tell.unit_name, mean="Pool" in of.kind),
        **dict(biased=of.kind in BIASED and (of.bias != 0 or tell.editable)),
        **dict(biasName="constant" if of.kind == "BatchNorm2d" else "bias"),
        "input": {
            **dict(channels=len(of.inputs), channelIds=of.channels.tolist(), unit=tell.unit, words=tell.input_words),
            **_area(of.inputs.shape[1:], of.corner, of.extent),
            **dict(view=_view(of), low=low, high=high, first=0),
            "scale": "grey" if tell.grey else "signed" if low < 0 else "magnitude",
        },
        "window": dict(size=of.size, start=of.start, stride=of.stride, dilation=of.dilation, repeat=of.repeat),
        "output": {
            **_area(of.output.shape, of.output_corner, of.whole_output or of.output.shape),
            **dict(words=tell.output_words, scale="grey" if tell.grey else ""),
        },
    }
    results = of.output if of.output.size <= EXACT else of.output.astype(np.float32)
    arrays = {"values": _plain(of.inputs), "results": _plain(results)}
    if tell.grey:
        header["input"] |= dict(low=0, high=255)
    if of.weights is not None:
        arrays["weights"] = of.weights.astype(np.float64)
    for more, numbers in (_curve(of), _overview(overview), _vector(vector), _bank(bank)):
        header |= more
        arrays |= numbers
    return pack(header, **arrays)


def _range(of: Arithmetic) -> tuple[float, float]:
    """Ends of the input's colours; a function's output has the same ones, so that what stays looks the same."""
    maps = (of.inputs, of.output) if of.rule == "curve" else (of.inputs,)
    return min(float(one.min()) for one in maps), max(float(one.max()) for one in maps)


def _plain(values: np.ndarray) -> np.ndarray:
    return values if str(values.dtype) in ("uint8", "float32") else values.astype(np.float64)


def _area(shape: tuple[int, ...], corner: tuple[int, int], whole: tuple[int, int]) -> dict:
    return dict(rows=shape[0], columns=shape[1], top=corner[0], left=corner[1], whole=[int(side) for side in whole])


def _view(of: Arithmetic) -> list[int]:
    """Top, left, rows and columns of what is drawn: the input and as much padding as the windows see."""
    ends = []
    for axis in (0, 1):
        top, count = of.output_corner[axis], of.output.shape[axis]
        first = of.start[axis] + top // of.repeat[axis] * of.stride[axis]
        last = of.start[axis] + (top + count - 1) // of.repeat[axis] * of.stride[axis] + of.reach[axis]
        ends.append((min(first, of.corner[axis]), max(last, of.corner[axis] + of.inputs.shape[1 + axis])))
    (top, bottom), (left, right) = ends
    return [top, left, bottom - top, right - left]


def _curve(of: Arithmetic) -> tuple[dict, dict]:
    """The function and its slope over the values of the map, a little wider, zero included."""
    if of.rule != "curve":
        return {}, {}
    far = max(abs(float(of.inputs.min())), abs(float(of.inputs.max())), 1.0) * 1.05
    x = np.linspace(-far, far, POINTS)
    y, slope = ops.ACTIVATIONS[of.curve](x), ops.SLOPES[of.curve](x)
    formula, spreadsheet, torch = CURVES[of.curve]
    header = {
        **dict(name=of.curve, straight=of.curve in STRAIGHT, spreadsheet=spreadsheet, torch=torch, low=-far, high=far),
        **dict(bottom=float(min(y.min(), slope.min(), -0.1)), top=float(max(y.max(), slope.max(), 1.0))),
        "key": f"Solid: {of.curve}, {formula}. Dashed: its slope.",
    }
    slopes = ops.SLOPES[of.curve](of.inputs[0].astype(float))
    curves = dict(curveX=x, curveY=y, curveSlope=slope, slopes=slopes.astype(np.float32))
    return {"curve": header}, curves


def _overview(overview: Overview | None) -> tuple[dict, dict]:
    if overview is None:
        return {}, {}
    header = dict(key=overview.key, frame=overview.frame, rows=overview.size[0], columns=overview.size[1])
    if overview.values is None:
        return {"overview": header | dict(kind="photo")}, {"overviewValues": as_bytes(overview.jpeg)}
    low, high = float(overview.values.min()), float(overview.values.max())
    most = max(-low, high) or 1.0
    start = -most if low < 0 else 0.0  # as in the browser: zero in the middle, or at the start of the scale
    small = np.round((overview.values - start) / (most - start) * 255).astype(np.uint8)
    header |= dict(kind="map", scale="signed" if low < 0 else "magnitude")
    return {"overview": header}, {"overviewValues": small}


def _vector(vector: Vector | None) -> tuple[dict, dict]:
    if vector is None:
        return {}, {}
    low, high = (0.0, 1.0) if vector.share else (float(vector.values.min()), float(vector.values.max()))
    scale = "signed" if low < 0 else "magnitude"
    header = dict(order=vector.shown, names=vector.names, low=low, high=high, scale=scale, share=vector.share)
    return {"siblings": header}, {"siblingValues": vector.values.astype(np.float32)}


def _bank(bank: tuple[np.ndarray, np.ndarray] | None) -> tuple[dict, dict]:
    """All filters, (K, C, k, k), and their biases, (K,), where there are several."""
    if bank is None or len(bank[0]) < 2:
        return {}, {}
    kernels, biases = bank
    return dict(filters=len(kernels), biases=biases.tolist()), dict(bank=kernels.astype(np.float64))
