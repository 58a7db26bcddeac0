"""What the engine says, asked directly: what the pages show is held against it."""
from functools import cache, lru_cache

import numpy as np
from PIL import Image

from core import answers, explain, images, overview, samples, trace, zoo
from core.arithmetic import Explanation
from pages.shared import words

LARGE = "efficientnet_lite0"
LOAD, READ = cache(zoo.load), cache(samples.load)


def network(name: str, training: str = "trained") -> zoo.Network:
    return LOAD(name, training == "trained")


@cache
def fitted(name: str, fit: str, sample: str = "cat") -> images.Fitted:
    return images.fit(READ(sample), zoo.spec(name).preprocessing, fit)


def traced(name: str, training: str = "trained", fit: str = "centre", sample: str = "cat") -> dict[str, trace.Step]:
    return traced_picture(name, training, fitted(name, fit, sample))


def traced_picture(name: str, training: str, square: images.Fitted) -> dict[str, trace.Step]:
    net = network(name, training)
    return trace.trace(net.graph, images.to_tensor(square, net.preprocessing))


@cache
def step_names(name: str) -> list[str]:
    return list(traced(name))


@lru_cache(maxsize=3)
def ran(name: str, training: str = "trained", sample: str = "cat") -> dict[str, trace.Step]:
    """A trace that is kept for the next question."""
    return traced(name, training, sample=sample)


def apart(name: str, step: str, unit: tuple[int, ...], training: str = "trained") -> Explanation:
    """One number of the cat, taken apart."""
    return explain.explain(ran(name, training), step, unit)


def first_answer(name: str, picture: Image.Image) -> answers.Prediction:
    net = network(name)
    return answers.best(net, answers.probabilities(net, images.fit(picture, net.preprocessing)))[0]


def heading(name: str, data: bytes) -> str:
    best = first_answer(name, images.decode(data))
    return f"{best.label} – {answers.certainty(best.probability)}, {words.percent(best.probability)}"


def photo(sample: str) -> bytes:
    """A JPEG as a visitor would upload it."""
    return images.to_jpeg(READ(sample))


def some_layers(name: str) -> list[str]:
    """Every layer of a small network, a block and both ends of the large one."""
    names = step_names(name)
    large = [one for one in names if one.startswith(("stem", "blocks_7_"))]
    return large + names[-6:] if len(names) > overview.MANY_STEPS else names


def maps_of(step: trace.Step) -> np.ndarray:
    """(C, H, W), a vector as maps of one cell."""
    output = step.output.numpy()
    return output if output.ndim == 3 else output.reshape(-1, 1, 1)
