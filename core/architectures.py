"""Small networks from a description: a table of layers that says what each gives, and the network of that table."""
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod, sqrt

import torch
from torch import Tensor, nn

POOLINGS: dict[str, Callable[[], nn.Module] | None] = {
    "max": partial(nn.MaxPool2d, 2),
    "average": partial(nn.AvgPool2d, 2),
    "none": None,
}
MOST_PARAMETERS = 500_000  # what a class of thirty can train on one computer


@dataclass(frozen=True)
class Activation:
    """A transfer function, and its slope told by what it gave."""

    make: Callable[[], nn.Module]
    slope: Callable[[Tensor], Tensor]  # output -> slope there


ACTIVATIONS: dict[str, Activation] = {
    "ReLU": Activation(nn.ReLU, lambda y: (y > 0).float()),
    "leaky ReLU": Activation(partial(nn.LeakyReLU, 0.1), lambda y: torch.where(y > 0, 1.0, 0.1)),
    "tanh": Activation(nn.Tanh, lambda y: 1 - y**2),
    "sigmoid": Activation(nn.Sigmoid, lambda y: y * (1 - y)),
    "none": Activation(nn.Identity, torch.ones_like),
}

# Standard deviation of the first weights, from how many numbers a unit reads (fan in) and how many read it (fan out).
INITIALISATIONS: dict[str, Callable[[int, int], float]] = {
    "zeros": lambda fan_in, fan_out: 0.0,
    "too small": lambda fan_in, fan_out: 0.05 * sqrt(2 / fan_in),
    "Xavier": lambda fan_in, fan_out: sqrt(2 / (fan_in + fan_out)),  # Glorot and Bengio 2010, for tanh and sigmoid
    "He": lambda fan_in, fan_out: sqrt(2 / fan_in),  # He et al. 2015, https://arxiv.org/abs/1502.01852, for ReLU
    "too large": lambda fan_in, fan_out: 10 * sqrt(2 / fan_in),
}


@dataclass(frozen=True)
class Block:
    """A convolution that keeps the size of its maps, its activation, and a pooling that halves them."""

    filters: int = 8
    size: int = 3  # of the kernel, odd
    pooling: str = "max"


@dataclass(frozen=True)
class Architecture:
    """Blocks for pictures, then dense layers; the last layer, one unit per class, comes by itself."""

    blocks: tuple[Block, ...] = (Block(8), Block(16))
    dense: tuple[int, ...] = (32,)
    activation: str = "ReLU"
    batch_norm: bool = False  # between every convolution or dense layer and its activation
    dropout: float = 0.0  # share of units left out, before the next dense layer
    residual: bool = False  # a shortcut around every layer that gives as many numbers as it takes; He et al. 2016

    def __post_init__(self):
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"there is no activation {self.activation!r}; choose one of {', '.join(ACTIVATIONS)}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout leaves out a share of 0 to 0.9 of the units, not {self.dropout:g}")
        if any(width < 1 for width in self.dense):
            raise ValueError("a dense layer needs at least one unit")
        for block in self.blocks:
            if block.pooling not in POOLINGS:
                raise ValueError(f"there is no pooling {block.pooling!r}; choose one of {', '.join(POOLINGS)}")
            if block.filters < 1 or block.size < 1 or block.size % 2 == 0:
                raise ValueError("a convolution needs at least one filter, and a kernel of odd size: 1, 3, 5 ...")


@dataclass(frozen=True)
class Layer:
    """One row of the table."""

    name: str  # "conv1"
    kind: str  # "Convolution"
    shape: tuple[int, ...]  # of what it gives for one example: (K, H', W') or (D,)
    parameters: int  # numbers that it learns
    make: Callable[[], nn.Module] = field(repr=False, compare=False)


class Shortcut(nn.Module):
    """The place where what entered a layer is added to what came out."""

    def forward(self, values: Tensor, entered: Tensor) -> Tensor:
        """Both (N, ...) of one shape: their sum."""
        return values + entered


class Network(nn.Sequential):
    """Layers in a row, and shortcuts."""

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, H, W) or (N, D) -> (N, classes) logits."""
        *_, (_, logits) = self.steps(values)
        return logits

    def steps(self, values: Tensor) -> Iterator[tuple[str, Tensor]]:
        """What every layer gives, one after the other, by name."""
        entered = values
        for name, layer in self.named_children():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                entered = values
            values = layer(values, entered) if isinstance(layer, Shortcut) else layer(values)
            yield name, values


class Dropout(nn.Module):
    """Leaves out units by chance while training, from a generator of its own, and makes up for them.

    Srivastava et al. 2014; torch's own draws from one generator that all networks of a program share.
    """

    def __init__(self, share: float):
        super().__init__()
        self.share, self.dice = share, torch.Generator()

    def forward(self, values: Tensor) -> Tensor:
        """(N, D) -> (N, D); as it is when not training."""
        if not self.training:
            return values
        kept = torch.rand(values.shape, generator=self.dice) >= self.share
        return values * kept / (1 - self.share)


def table(architecture: Architecture, shape: tuple[int, ...], classes: int) -> tuple[Layer, ...]:
    """Every layer for examples of (C, H, W) or (D,); ValueError that says which layers do not fit, and what would."""
    if architecture.blocks and len(shape) != 3:
        raise ValueError("points have no neighbours for a convolution to look at: remove the blocks, or take pictures")
    layers: list[Layer] = []
    for number, block in enumerate(architecture.blocks, start=1):
        layers += _block(architecture, number, block, shape)
        shape = layers[-1].shape
    if len(shape) == 3:
        shape = (prod(shape),)
        layers.append(Layer("flatten", "Flatten", shape, 0, nn.Flatten))
    for number, width in enumerate(architecture.dense, start=1):
        name = f"dense{number}"
        layers += [dense_layer(name, shape, width), *_after(architecture, name, shape, (width,))]
        shape = (width,)
        if architecture.dropout:
            layers.append(Layer(f"{name}_dropout", "Dropout", shape, 0, partial(Dropout, architecture.dropout)))
    if architecture.dropout and not architecture.dense:
        layers.append(Layer("dropout", "Dropout", shape, 0, partial(Dropout, architecture.dropout)))
    layers.append(dense_layer("output", shape, classes))
    check_size(layers)
    return tuple(layers)


def check_size(layers: Sequence[Layer], advice: str = "give it fewer units, or pool before it") -> None:
    """ValueError, with the advice, if a network is too large for a class to train."""
    parameters = sum(layer.parameters for layer in layers)
    if parameters > MOST_PARAMETERS:
        largest = max(layers, key=lambda layer: layer.parameters)
        raise ValueError(
            f"{parameters:,} parameters are too many, {MOST_PARAMETERS:,} are allowed: most are in {largest.name}; "
            f"{advice}"
        )


def _block(architecture: Architecture, number: int, block: Block, shape: tuple[int, ...]) -> list[Layer]:
    channels, height, width = shape
    name, after = f"conv{number}", (block.filters, height, width)
    make = partial(bare, nn.Conv2d, channels, block.filters, block.size, padding=block.size // 2)
    parameters = block.filters * (channels * block.size**2 + 1)
    layers = [Layer(name, "Convolution", after, parameters, make), *_after(architecture, name, shape, after)]
    pool = POOLINGS[block.pooling]
    if pool is None:
        return layers
    if min(height, width) < 2:
        raise ValueError(
            f"pooling 2 × 2 of block {number} does not fit a map of {height} × {width}: "
            "remove a pooling, or take larger pictures"
        )
    shape = (block.filters, height // 2, width // 2)
    return [*layers, Layer(f"{name}_pool", f"{block.pooling.capitalize()} pooling", shape, 0, pool)]


def dense_layer(name: str, shape: tuple[int, ...], width: int) -> Layer:
    """A row of the table: `width` units that read (D,) numbers."""
    return Layer(name, "Dense", (width,), width * (shape[0] + 1), partial(bare, nn.Linear, shape[0], width))


def _after(
    architecture: Architecture, name: str, before: tuple[int, ...], shape: tuple[int, ...]
) -> Iterator[Layer]:
    if architecture.batch_norm:
        norm = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        yield Layer(f"{name}_norm", "Batch norm", shape, 2 * shape[0], partial(norm, shape[0]))
    yield Layer(f"{name}_act", architecture.activation, shape, 0, ACTIVATIONS[architecture.activation].make)
    if architecture.residual and before == shape:
        yield Layer(f"{name}_add", "Shortcut", shape, 0, Shortcut)


def bare(kind: type[nn.Module], *sizes: int, **settings: int) -> nn.Module:
    """A layer without first weights; torch would draw them from the generator that all programs share."""
    return nn.utils.skip_init(kind, *sizes, **settings)


def build(layers: tuple[Layer, ...]) -> Network:
    """The network of a table, its weights not set: (N, C, H, W) or (N, D) -> (N, classes) logits."""
    return Network(OrderedDict((layer.name, layer.make()) for layer in layers))


def initialise(network: nn.Module, initialisation: str, dice: torch.Generator) -> None:
    """Normal weights as wide as INITIALISATIONS says, biases zero."""
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                units, *reads = layer.weight.shape
                spread = INITIALISATIONS[initialisation](prod(reads), units * prod(reads[1:]))
                layer.weight.copy_(torch.randn(layer.weight.shape, generator=dice) * spread)
                layer.bias.zero_()
