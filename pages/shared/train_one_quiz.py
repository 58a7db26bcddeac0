"""Predict, then reveal, in Train one: how many numbers a layer learns, and how hard the code squeezes."""
from functools import partial

from core import squeeze_questions
from core.architectures import Layer
from core.squeeze_config import Config
from core.squeeze_questions import learning
from pages.shared import link, predict
from pages.shared.predict import Kind


def asked(config: Config) -> Layer:
    """The layer that the question is about."""
    layers = learning(config)
    return layers[link.whole("quiz", 0, 999, 0) % len(layers)]


def hidden(config: Config) -> int | None:
    """The number that the page keeps to itself, wherever it stands; None while nothing is asked."""
    layer = asked(config)
    return layer.parameters if predict.is_open(_about(config, layer)) else None


def ask(config: Config) -> None:
    """The question card."""
    layer, layers = asked(config), learning(config)
    whole = f"the code of {config}"
    predict.ask(
        {
            "parameters": Kind(
                _about(config, layer), partial(squeeze_questions.parameters, config, layer), f"{config}",
                layers.index(layer), lambda: range(len(layers)), lambda at: link.go(quiz=at),
            ),
            "the code": Kind(
                whole, partial(squeeze_questions.squeeze, config), whole, 0, lambda: [0], lambda _: None
            ),
        }
    )  # fmt: skip


def _about(config: Config, layer: Layer) -> str:
    return f"{layer.name} of {config}"
