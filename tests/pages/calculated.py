"""What a browser makes of what the calculation is sent: as calculation_arithmetic.js does, told again in Python."""
from dataclasses import dataclass

import numpy as np
from torch import Tensor
from torch.nn import functional as F

CURVES = {
    "none": lambda x: x,
    "ReLU": F.relu,
    "leaky ReLU": F.leaky_relu,
    "ReLU6": F.relu6,
    "sigmoid": Tensor.sigmoid,
    "tanh": Tensor.tanh,
    "GELU": F.gelu,
}


@dataclass(frozen=True)
class Terms:
    """What the window of a cell covers, channel by channel, row by row."""

    places: np.ndarray  # (T, 3) channel, row and column on the whole maps
    inside: np.ndarray  # (T,) False in the padding
    values: np.ndarray  # (T,)


def inputs(shown: dict) -> np.ndarray:
    """(C, rows, columns) of the part of the maps that was sent."""
    place = shown["input"]
    return shown["values"].reshape(place["channels"], place["rows"], place["columns"])


def results(shown: dict) -> np.ndarray:
    """(rows, columns) of the part of the output that was sent."""
    return shown["results"].reshape(shown["output"]["rows"], shown["output"]["columns"])


def weights(shown: dict) -> np.ndarray:
    """(C, k, k)."""
    return shown["weights"].reshape(shown["input"]["channels"], *shown["window"]["size"])


def result_at(shown: dict, row: int, column: int) -> float:
    """What is drawn at a cell of the output."""
    return float(results(shown)[row - shown["output"]["top"], column - shown["output"]["left"]])


def terms(shown: dict, row: int, column: int) -> Terms:
    """All that a cell of the output is made of; nothing of it may lie beyond what was sent."""
    window, area, maps = shown["window"], shown["input"], inputs(shown)
    positions = [at // copies for at, copies in zip((row, column), window["repeat"], strict=True)]
    starts = [first + at * by for first, at, by in zip(window["start"], positions, window["stride"], strict=True)]
    channel, down, across = np.indices((len(maps), *window["size"])).reshape(3, -1)
    y, x = (start + at * by for start, at, by in zip(starts, (down, across), window["dilation"], strict=True))
    inside = (y >= 0) & (x >= 0) & (y < area["whole"][0]) & (x < area["whole"][1])
    here = channel[inside], y[inside] - area["top"], x[inside] - area["left"]
    assert all((at >= 0).all() for at in here)
    values = np.zeros(len(y))
    values[inside] = maps[here]
    return Terms(np.stack([channel, y, x], axis=1), inside, values)


def worked_out(shown: dict, row: int, column: int) -> float:
    """The number at a cell of the output, computed from what was sent."""
    found = terms(shown, row, column)
    match shown["rule"]:
        case "sum":
            return float(found.values @ shown["weights"] + shown["bias"])
        case "max":
            return float(found.values[found.inside].max())
        case "curve":
            return CURVES[shown["curve"]["name"]](Tensor(found.values)).item()
        case "softmax":
            powers = np.exp(found.values - found.values.max())
            return float(powers[shown["channel"]] / powers.sum())
    raise AssertionError(f"there is no rule {shown['rule']}")


def corners(shown: dict) -> list[tuple[int, int]]:
    """The cells at the corners of what was sent of the output."""
    area = shown["output"]
    rows, columns = (area["top"], area["top"] + area["rows"] - 1), (area["left"], area["left"] + area["columns"] - 1)
    return [(row, column) for row in rows for column in columns]
