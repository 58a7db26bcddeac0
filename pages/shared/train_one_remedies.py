"""What would be right for an autoencoder that learns badly: one sentence, and the settings that one click takes."""
from core import squeeze_presets
from core.squeeze_config import PENALTIES, Config
from pages.shared.lab_choices import RATES
from pages.shared.lab_remedies import Remedy, at_rate, lower

USUAL = {"SGD": 1.0, "momentum": 0.3, "Adam": 0.005}  # of RATES; a loss that is a mean over pixels bears large steps
STEPS = ("not finite", "divergence", "saturation", "exploding gradients")  # they are too large


def of_trouble(config: Config, kind: str) -> Remedy:
    """What cures a trouble of this kind, the likeliest cause first."""
    if kind in STEPS:
        return _slower(config)
    if kind == "vanishing gradients" and config.layers > 1:
        return Remedy("Take one layer.", "Begin again with one layer", dict(layers=1))
    return _cause(config) or _slower(config)


def of_standstill(config: Config, step: int) -> Remedy:
    """What cures a loss that has hardly become less."""
    cure = _cause(config) or Remedy("Its settings are as usual. Give it a larger code, or more nodes.")
    text = f"After {step:,} steps the loss is hardly less than at the beginning: {cure.text[0].lower()}{cure.text[1:]}"
    return Remedy(text, cure.label, cure.changes)


def _cause(config: Config) -> Remedy | None:
    """The first setting that is far from what suits the kind; None if all are near it."""
    usual, suits = _usual(config), squeeze_presets.beginning(config.kind, config.data).penalty
    if config.rate > 2 * usual:
        return _slower(config)
    if config.penalty > suits:
        return _lighter(suits, f", which suits the {config.kind} kind")
    if config.rate < usual / 2:
        text = f"With a learning rate of {config.rate:g} each step is tiny. Take {usual:g}."
        return Remedy(text, *at_rate(usual))
    if config.optimiser != "Adam":
        text = f"Take Adam: it gives each weight a pace of its own, and {config.optimiser} is slow here."
        return Remedy(text, "Begin again with Adam", dict(optimiser="Adam", rate=USUAL["Adam"]))
    return _lighter(lower(PENALTIES, config.penalty)) if config.penalty else None


def _usual(config: Config) -> float:
    """The learning rate that suits the optimiser; a sigmoid in the code lets a quarter of the slope through at most."""
    flat = config.kind == "contractive" and config.optimiser != "Adam"
    return 10 * USUAL[config.optimiser] if flat else USUAL[config.optimiser]


def _slower(config: Config) -> Remedy:
    """The optimiser's usual learning rate if this is far above it, else about a tenth."""
    usual = _usual(config)
    rate = usual if config.rate > 2 * usual else lower(RATES, config.rate)
    if rate is None:
        return Remedy("The learning rate is as small as it can be here: take fewer layers.")
    why = f", which is usual for {config.optimiser} here" if rate == usual else ""
    return Remedy(f"Take a smaller learning rate: {rate:g}{why}.", *at_rate(rate))


def _lighter(penalty: float, why: str = "") -> Remedy:
    return Remedy(
        f"Take a smaller penalty weight: {penalty:g}{why}.", f"Begin again with penalty {penalty:g}",
        dict(penalty=penalty),
    )  # fmt: skip
