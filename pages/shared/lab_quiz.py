"""Predict, then reveal, in the lab: how many numbers a layer learns, and how long an epoch is."""
from functools import partial
from math import prod

from core.architectures import Layer
from core.quiz import Question, Trap
from core.run_config import Config, layers_of
from core.toy_data import shape
from pages.shared import link, predict
from pages.shared.predict import Kind


def asked(config: Config) -> Layer:
    """The layer that the question is about; ValueError if the layers do not fit."""
    learning = [layer for layer in layers_of(config) if layer.parameters]
    return learning[link.whole("quiz", 0, 999, 0) % len(learning)]


def hidden(config: Config) -> int | None:
    """The number that the page keeps to itself, wherever it stands; None while nothing is asked."""
    layer = asked(config)
    return layer.parameters if predict.is_open(_about(config, layer)) else None


def ask(config: Config) -> None:
    """The question card."""
    layer = asked(config)
    learning = [layer for layer in layers_of(config) if layer.parameters]
    places, whole = range(len(learning)), f"an epoch of {config}"
    predict.ask(
        {
            "parameters": Kind(
                _about(config, layer), partial(parameters, config, layer), f"{config}",
                learning.index(layer), lambda: places, lambda at: link.go(quiz=at),
            ),
            "an epoch": Kind(whole, partial(epoch, config), whole, 0, lambda: [0], lambda _: None),
        }
    )  # fmt: skip


def _about(config: Config, layer: Layer) -> str:
    return f"{layer.name} of {config}"


def parameters(config: Config, layer: Layer) -> Question:
    """How many numbers a layer learns."""
    table = layers_of(config)
    before = table[: table.index(layer)]
    entered = before[-1].shape if before else shape(config.data)
    units = layer.shape[0]
    more: tuple[Trap, ...] = ()
    if layer.kind == "Convolution":
        block = config.architecture.blocks[int(layer.name.removeprefix("conv")) - 1]
        reads = entered[0] * block.size**2
        said = f"{units} filters of {block.size} × {block.size} over {entered[0]} map{'s' * (entered[0] > 1)}"
        how = f"{units} filters × ({entered[0]} × {block.size} × {block.size} weights + 1 bias)"
        if entered[0] > 1:
            more = (Trap(units * (block.size**2 + 1), "Each filter has a kernel for every map that it reads."),)
    elif layer.kind == "Batch norm":
        said, how, reads = f"{units} maps or units", f"{units} × (1 scale + 1 shift)", 1
    else:
        reads = prod(entered)
        said, how = f"{units} units that read {reads} numbers", f"{units} units × ({reads} weights + 1 bias)"
    forgot = Trap(units * reads, "The biases are learnt, too: one for each.")
    text = f"**{layer.name}** is {_kind(layer)}: {said}. How many numbers does it learn?"
    return Question(text, layer.parameters, (), (*more, forgot), f"{how} = {layer.parameters:,}.", 0)


def _kind(layer: Layer) -> str:
    return {"Convolution": "a convolution", "Batch norm": "batch norm"}.get(layer.kind, "a dense layer")


def epoch(config: Config) -> Question:
    """How many steps it takes to go through the examples once."""
    count = config.data.examples
    size = min(config.batch, count)
    steps, left = divmod(count, size)
    text = (
        f"It learns from {count:,} examples, {size:,} of them at each step, none twice before all are shuffled anew. "
        "How many steps are such an epoch?"
    )
    over = f"; {left} are left over and wait for another shuffle" if left else ""
    traps = () if steps == count else (Trap(count, "Each step takes a whole batch of them, not one."),)
    if left:
        traps += (Trap(steps + 1, "There are not enough examples left for one more full batch."),)
    return Question(text, steps, (), traps, f"{count:,} / {size:,} makes {steps:,} full batches{over}.", 0)
