"""Questions about a small autoencoder: what a layer learns, and how hard the code squeezes."""
from math import prod

from core.architectures import Layer
from core.quiz import Question, Trap, posed
from core.squeeze_config import Config
from core.squeeze_data import shape
from core.squeeze_layers import layers_of


def learning(config: Config) -> list[Layer]:
    """The layers that learn, first to last."""
    return [layer for layer in layers_of(config) if layer.parameters]


def parameters(config: Config, layer: Layer) -> Question:
    """How many numbers a layer learns."""
    table = layers_of(config)
    before = table[: table.index(layer)]
    entered = before[-1].shape if before else shape(config.data)
    units = layer.shape[0]
    slips: list[Trap] = []
    if layer.kind == "Convolution":
        reads = entered[0] * 9
        said = f"a convolution: {units} filter{_s(units)} of 3 × 3 over {entered[0]} map{_s(entered[0])}"
        how = f"{units} × ({entered[0]} × 3 × 3 weights + 1 bias)"
        slips = [Trap(units * 10, "Each filter has a kernel for every map that it reads.")]
    else:
        reads = prod(entered)
        said = f"a dense layer: {units} unit{_s(units)}, each reading {reads} number{_s(reads)}"
        how = f"{units} × ({reads} weight{_s(reads)} + 1 bias)"
        if layer.name == "code" and config.kind == "variational":
            said += f" (a mean and a log-variance for each of the {config.code} numbers of the code)"
            slips = [Trap(config.code * (reads + 1), "Each number of the code takes a mean and a log-variance.")]
    slips.append(Trap(units * reads, "The biases are learnt, too: one for each."))
    text = f"**{layer.name}** is {said}. How many numbers does it learn?"
    return posed(text, layer.parameters, slips, f"{how} = {layer.parameters:,}.", 0)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def squeeze(config: Config) -> Question:
    """Which share of the numbers the code keeps, as a percentage."""
    maps, height, width = shape(config.data)
    pixels = maps * height * width
    answer, said = config.code / pixels, words_of(maps, height, width)
    text = (
        f"A picture of {said} goes through a code of {config.code} number{_s(config.code)}. "
        "The code has how many percent of the picture's numbers?"
    )
    slips = [
        Trap(1 - answer, "That is what is left out."),
        Trap(config.code / 100, "The code's size is a count, no percentage: divide it by the picture's."),
        Trap(config.code / (height * width), "A colour pixel is three numbers."),
    ]
    how = f"{config.code} / {pixels:,} = {100 * answer:.3g} %."
    return posed(text, answer, slips, how, 0.005 * max(answer, 0.1), percent=True)


def words_of(maps: int, height: int, width: int) -> str:
    """The size of a picture, in words."""
    return f"{height} × {width} pixels" + (" with red, green and blue" if maps == 3 else "")
