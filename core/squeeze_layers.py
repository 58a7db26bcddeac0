"""The layers of a small autoencoder, from its description: encoder1 ... code, decoder1 ... output."""
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import prod

import torch
from torch import Tensor, nn

from core.architectures import ACTIVATIONS, Layer, bare, check_size, dense_layer
from core.squeeze_config import LOSSES, Config, widths
from core.squeeze_data import shape

CODE_BENDS = {"sparse": "ReLU", "contractive": "sigmoid"}  # what the code passes through; other codes are straight
SMALLER = "take a smaller code, fewer nodes, or smaller or grey tiles"


class Sample(nn.Module):
    """mean + standard deviation × noise while training, else the mean; the reparameterisation of Kingma and Welling."""

    def __init__(self):
        super().__init__()
        self.dice = torch.Generator()

    def forward(self, values: Tensor) -> Tensor:
        """(N, 2 D), means and log-variances -> (N, D)."""
        mean, log_variance = values.chunk(2, dim=1)
        if not self.training:
            return mean
        return mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, generator=self.dice)


def layers_of(config: Config) -> tuple[Layer, ...]:
    """The table of all layers, encoder1 ... code, decoder1 ... picture; ValueError if there are too many parameters."""
    entered = shape(config.data)
    build = _convolutional if config.kind == "convolutional" else _dense
    layers = tuple(build(config, entered))
    check_size(layers, SMALLER)
    return layers


def _act(name: str, kind: str, shape: tuple[int, ...]) -> Layer:
    return Layer(f"{name}_act", kind, shape, 0, ACTIVATIONS[kind].make)


def _code(config: Config, entered: int) -> Iterator[Layer]:
    if config.kind == "variational":
        yield dense_layer("code", (entered,), 2 * config.code)
        yield Layer("sample", "Sample", (config.code,), 0, Sample)
        return
    yield dense_layer("code", (entered,), config.code)
    if config.kind in CODE_BENDS:
        yield _act("code", CODE_BENDS[config.kind], (config.code,))


def _dense(config: Config, entered: tuple[int, int, int]) -> Iterator[Layer]:
    sizes = [prod(entered), *widths(config)]
    yield Layer("flatten", "Flatten", (sizes[0],), 0, nn.Flatten)
    for at, width in enumerate(sizes[1:], 1):
        yield dense_layer(f"encoder{at}", (sizes[at - 1],), width)
        yield _act(f"encoder{at}", "ReLU", (width,))
    yield from _code(config, sizes[-1])
    before = config.code
    for at, width in enumerate(sizes[:0:-1], 1):
        yield dense_layer(f"decoder{at}", (before,), width)
        yield _act(f"decoder{at}", "ReLU", (width,))
        before = width
    yield dense_layer("output", (before,), sizes[0])
    yield _act("output", "sigmoid", (sizes[0],))
    yield Layer("picture", "Reshape", entered, 0, partial(nn.Unflatten, 1, entered))


def _filters(name: str, before: tuple[int, ...], maps: int, stride: int = 1) -> Layer:
    shape = (maps, before[1] // stride, before[2] // stride)
    make = partial(bare, nn.Conv2d, before[0], maps, 3, padding=1, stride=stride)
    return Layer(name, "Convolution", shape, maps * (before[0] * 9 + 1), make)


def _convolutional(config: Config, entered: tuple[int, int, int]) -> Iterator[Layer]:
    """A stride of 2 on the way down; on the way up each cell is repeated 2 × 2 before the filters."""
    now = entered
    for at, maps in enumerate(widths(config), 1):
        layer = _filters(f"encoder{at}", now, maps, stride=2)
        now = layer.shape
        yield from (layer, _act(layer.name, "ReLU", now))
    yield Layer("flatten", "Flatten", (prod(now),), 0, nn.Flatten)
    yield from _code(config, prod(now))
    yield dense_layer("decoder1", (config.code,), prod(now))
    yield _act("decoder1", "ReLU", (prod(now),))
    yield Layer("maps", "Reshape", now, 0, partial(nn.Unflatten, 1, now))
    ups = [*widths(config)[-2::-1], entered[0]] if config.layers > 1 else [entered[0]]
    for at, maps in enumerate(ups, 2):
        now = (now[0], now[1] * 2, now[2] * 2)
        yield Layer(f"up{at - 1}", "Repeat 2 × 2", now, 0, partial(nn.Upsample, scale_factor=2))
        last = at - 1 == len(ups)
        layer = _filters("output" if last else f"decoder{at}", now, maps)
        now = layer.shape
        yield from (layer, _act(layer.name, "sigmoid" if last else "ReLU", now))


# ---- what a choice costs ------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """One of the four choices, and what another answer would cost."""

    choice: str
    now: str
    instead: str
    parameters: int | None  # of the whole network then; None if it can't be
    more: int | None  # than now
    why: str


def costs(config: Config) -> tuple[Cost, ...]:
    """Code size, number of layers, nodes per layer and loss, each changed alone."""
    total, other = sum(layer.parameters for layer in layers_of(config)), _other(config.loss)
    nodes = "filters" if config.kind == "convolutional" else "nodes"
    changes = [
        ("code size", f"{config.code}", f"{2 * config.code}", dict(code=2 * config.code)),
        ("layers", f"{config.layers}", f"{config.layers + 1}", dict(layers=config.layers + 1)),
        (f"{nodes} in the first layer", f"{config.nodes}", f"{2 * config.nodes}", dict(nodes=2 * config.nodes)),
        ("loss", config.loss, other, dict(loss=other)),
    ]
    found = []
    for choice, now, instead, change in changes:
        try:
            parameters = sum(layer.parameters for layer in layers_of(replace(config, **change)))
            found.append(Cost(choice, now, instead, parameters, parameters - total, ""))
        except ValueError as error:
            found.append(Cost(choice, now, instead, None, None, str(error)))
    return tuple(found)


def _other(loss: str) -> str:
    return next(name for name in LOSSES if name != loss)
