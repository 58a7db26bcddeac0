"""What would be right for a run that learns badly: one sentence, and the settings that one click begins again with."""
from dataclasses import dataclass, field

from core.architectures import Architecture
from core.run_config import Config
from core.toy_data import SOURCES
from pages.shared.lab_choices import RATES

USUAL = {"SGD": 0.1, "momentum": 0.03, "Adam": 0.005}  # learning rates, of RATES, at which networks of this size learn
LESS = 1 / 9  # how much a usual learning rate is changed, about
BENT = "ReLU"


@dataclass(frozen=True)
class Remedy:
    """What to do about it; without changes there is nothing to click."""

    text: str
    label: str = ""  # of the button
    changes: dict[str, object] = field(default_factory=dict)  # of the link


def of_trouble(config: Config, kind: str) -> Remedy:
    """What cures a trouble of this kind, the likeliest cause first."""
    large = config.rate > 2 * USUAL[config.optimiser]
    if config.initialisation in ("zeros", "too small") and kind in ("dead layer", "vanishing gradients"):
        return _first_weights(config)
    if config.initialisation == "too large" and kind != "vanishing gradients" and not large:
        return _first_weights(config)
    if kind == "vanishing gradients":
        return _less_fading(config)
    if kind == "dead layer" and not large:
        return _less_dead(config)
    return slower(config)


def of_standstill(config: Config, step: int) -> Remedy:
    """What cures a loss that has hardly become less."""
    usual, rate = USUAL[config.optimiser], config.rate
    text = f"After {step:,} steps the loss is hardly less than at the beginning: "
    if config.data.separation == 0 and "separation" in SOURCES[config.data.name].settings:
        return Remedy(text + "with a separation of 0 all classes are drawn alike, and nothing can tell them apart.")
    if config.initialisation == "zeros" and not _is_shallow(config.architecture):
        cure = _first_weights(config)
    elif rate < usual / 2:
        cure = Remedy(f"With a learning rate of {rate:g} each step is tiny. Take {usual:g}.", *at_rate(usual))
    elif is_straight(config.architecture) and SOURCES[config.data.name].kind == "points":
        cure = _bent(config)
    elif rate > 2 * usual:
        cure = slower(config)
    else:
        cure = Remedy("The learning rate is as usual. Give it more units, or data with less noise.")
    return Remedy(text + cure.text[0].lower() + cure.text[1:], cure.label, cure.changes)


def slower(config: Config) -> Remedy:
    """A learning rate of the list: the optimiser's usual one if this is far above it, else about a tenth."""
    usual = USUAL[config.optimiser]
    rate = usual if config.rate > 2 * usual else lower(RATES, config.rate)
    if rate is None:
        return Remedy("The learning rate is as small as it can be here: take fewer layers, or batch norm.")
    why = f", which is usual for {config.optimiser}" if rate == usual else ""
    return Remedy(f"Take a smaller learning rate: {rate:g}{why}.", *at_rate(rate))


def lower(choices: tuple[float, ...], now: float) -> float | None:
    """Of those to choose from, the one that is about a tenth; None if there is none so small."""
    return max((one for one in choices if one <= now * LESS), default=None)


def is_straight(design: Architecture) -> bool:
    """Whether nothing in it bends: its borders between classes are straight lines."""
    unbent = design.activation == "none" and all(block.pooling != "max" for block in design.blocks)
    return unbent or _is_shallow(design)


def _is_shallow(design: Architecture) -> bool:
    return not design.blocks and not design.dense


def at_rate(rate: float) -> tuple[str, dict[str, object]]:
    """Label and changes of a remedy."""
    return f"Begin again with rate {rate:g}", dict(rate=rate)


def _first_weights(config: Config) -> Remedy:
    """Random ones, as wide as the activation needs."""
    name = "Xavier" if config.architecture.activation in ("tanh", "sigmoid", "none") else "He"
    why = {
        "zeros": "Its first weights are all zero, so all units of a layer stay alike.",
        "too small": "Its first weights are too small: less gets through with each layer.",
        "too large": "Its first weights are too large.",
    }[config.initialisation]
    return Remedy(f"{why} Take {name} initialisation.", f"Begin again with {name} initialisation", dict(first=name))


def _less_fading(config: Config) -> Remedy:
    if config.architecture.activation != BENT:
        text = f"Take {BENT} with He initialisation: its slope is 1 wherever it lets anything through."
        return Remedy(text, f"Begin again with {BENT}", dict(activation=BENT, first="He"))
    if not config.architecture.batch_norm and config.batch > 1:
        return Remedy("Take batch norm, or fewer layers.", "Begin again with batch norm", dict(norm=True))
    return Remedy("Take fewer layers.")


def _less_dead(config: Config) -> Remedy:
    if config.architecture.activation != BENT:
        return slower(config)
    if config.initialisation != "He":
        return Remedy("Take He initialisation.", "Begin again with He initialisation", dict(first="He"))
    text = "Take leaky ReLU: it has no slope of 0."
    return Remedy(text, "Begin again with leaky ReLU", dict(activation="leaky ReLU"))


def _bent(config: Config) -> Remedy:
    if _is_shallow(config.architecture):
        text = "Without a dense layer between, its borders are straight lines, and it can do no better with these data."
        return Remedy(text, "Begin again with two dense layers", dict(dense=2, units=24, **_usual_rate(config)))
    text = "Without activation its borders are straight lines, and it can do no better with these data."
    return Remedy(text, f"Begin again with {BENT}", dict(activation=BENT, **_usual_rate(config)))


def _usual_rate(config: Config) -> dict[str, object]:
    """What has more layers does not bear a rate that is far too large."""
    usual = USUAL[config.optimiser]
    return dict(rate=usual) if config.rate > 2 * usual else {}
