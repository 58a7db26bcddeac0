"""The only place that caches.

Keys are names and digests, never pictures or tensors. What comes from a visitor's photo is kept in their session only.
"""
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps

import numpy as np
import streamlit as st

from core import (
    anatomy,
    answers,
    experiments,
    explain,
    gradients,
    images,
    overview,
    samples,
    toy_data,
    trace,
    workers,
    zoo,
)
from core.arithmetic import Arithmetic, part
from core.iterations import Iteration, train
from core.neurons import Config
from core.service import Service
from pages.shared import gate, photos, slopes
from pages.shared.photos import Photo

SUMMED, CURVED = 78_000, 25_000  # numbers of input that are sent at once; a page has to stay below half a megabyte


@dataclass(frozen=True)
class Situation:
    """Everything that decides what the network says about a photo; hashable, so it is the cache key."""

    network: str
    trained: bool
    fit: str


def per_visitor(everybody: int, own: int) -> Callable:
    """Cache function(photo, digest, ...): for everybody if the photo is built-in, in the session if it is their own.

    The numbers are the results kept in each: a thirty-visitor class with large layers must fit into memory.
    """

    def decorate(function: Callable) -> Callable:
        @wraps(function)
        def again(*arguments):
            return function(*arguments)

        again.__qualname__ = f"{function.__qualname__}_own"  # a cache of its own
        shared = st.cache_resource(max_entries=everybody, show_spinner=False)(function)
        session = st.cache_resource(max_entries=own, scope="session", show_spinner=False)(again)

        @wraps(function)
        def choose(photo: Photo, *key):
            return (session if photo.own else shared)(photo, photo.digest, *key)

        return choose

    return decorate


@st.cache_resource(show_spinner=False)
def network(name: str, trained: bool) -> zoo.Network:
    """A network, loaded once for everybody."""
    return zoo.load(name, trained)


@st.cache_resource(show_spinner=False)
def sample(name: str) -> Photo:
    """A built-in picture, read once for everybody."""
    return photos.make(name, samples.SAMPLES[name].title, samples.load(name), f"sample-{name}", own=False)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False)
def sprite(_photos: list[Photo], digests: tuple[str, ...]) -> bytes:
    """The thumbnails side by side."""
    return photos.sprite(_photos)


@dataclass(frozen=True)
class Look:
    """What a network says about a photo, and where it looked."""

    probabilities: np.ndarray  # (classes,)
    best: tuple[answers.Prediction, ...]
    index: int  # the class whose evidence the heat map shows
    heat: np.ndarray  # (H', W')
    reading: str
    box: images.Box  # what the network got, in pixels of the photo
    input: bytes  # exactly what the network got, as a lossless WebP


def _fitted(photo: Photo, chosen: Situation) -> images.Fitted:
    return images.fit(photo.picture, zoo.spec(chosen.network).preprocessing, chosen.fit)


@per_visitor(everybody=256, own=4)
def look(_photo: Photo, digest: str, chosen: Situation, index: int | None) -> Look:
    """Classify a photo and find the evidence for class `index`, or for the best class."""
    net, fitted = network(chosen.network, chosen.trained), _fitted(_photo, chosen)
    return gate.through(_look, net, fitted, index)


def _look(net: zoo.Network, fitted: images.Fitted, index: int | None) -> Look:
    layer = gradients.last_maps(net.graph)
    back = gradients.backtrace(net.graph, images.to_tensor(fitted, net.preprocessing), index, layer)
    *_, last = back.steps.values()
    chances, heat = last.output.softmax(dim=0), gradients.evidence(back, layer)
    reading = gradients.reading(heat, net.labels[back.index])
    best = tuple(answers.best(net, chances))
    return Look(chances.numpy(), best, back.index, heat.numpy(), reading, fitted.box, photos.lossless(fitted.picture))


@per_visitor(everybody=256, own=128)
def first_answer(_photo: Photo, digest: str, chosen: Situation) -> answers.Prediction:
    """The best class alone, for galleries of many photos."""
    net, fitted = network(chosen.network, chosen.trained), _fitted(_photo, chosen)
    return answers.best(net, gate.through(answers.probabilities, net, fitted), 1)[0]


def steps(photo: Photo, chosen: Situation) -> dict[str, trace.Step]:
    """The whole trace; never kept, since it takes 22 ms to make and up to 89 MB to hold."""
    net = network(chosen.network, chosen.trained)
    image = images.to_tensor(_fitted(photo, chosen), net.preprocessing)
    return gate.through(trace.trace, net.graph, image)


@st.cache_resource(show_spinner=False)
def layers(name: str) -> dict[str, anatomy.Layer]:
    """The layers of a network; they do not depend on the photo or on the training."""
    chosen = Situation(name, True, "centre")
    return {layer.name: layer for layer in anatomy.describe(steps(sample(next(iter(samples.SAMPLES))), chosen))}


@dataclass(frozen=True)
class Whole:
    """What the drawing of a network or a block needs."""

    columns: tuple[overview.Column, ...]  # maps as bytes
    low: float  # over all columns but the input
    high: float
    best: tuple[answers.Prediction, ...]


@per_visitor(everybody=64, own=3)
def whole(_photo: Photo, digest: str, chosen: Situation, block: str | None) -> Whole:
    """The network as columns of maps; with `block`, that block from the inside."""
    ran = steps(_photo, chosen)
    columns = overview.inside(ran, block) if block else overview.whole(ran)
    *_, last = ran.values()
    best = answers.best(network(chosen.network, chosen.trained), last.output.softmax(dim=0), 10)
    values = [column for column in columns if column.kind != "Input"]
    low, high = min(column.low for column in values), max(column.high for column in values)
    return Whole(tuple(map(overview.as_bytes, columns)), low, high, tuple(best))


@dataclass(frozen=True)
class Layer:
    """One layer at work on a photo."""

    output: np.ndarray  # (K, H', W'); a vector as (D, 1, 1)
    network_range: tuple[float, float]  # lowest and highest value anywhere in the network but the input
    box: images.Box  # what the network got, in pixels of the photo
    side: int  # of the network's input, in cells


@per_visitor(everybody=12, own=1)
def layer(_photo: Photo, digest: str, chosen: Situation, step: str) -> Layer:
    """All values of one step."""
    ran = steps(_photo, chosen)
    outputs = [one.output for one in ran.values() if one.kind != "Input"]
    low, high = min(o.min().item() for o in outputs), max(o.max().item() for o in outputs)
    output = ran[step].output
    maps = output if output.ndim == 3 else output.view(-1, 1, 1)
    fitted = _fitted(_photo, chosen)
    return Layer(np.ascontiguousarray(maps.numpy()), (low, high), fitted.box, fitted.picture.width)


@dataclass(frozen=True)
class Closeup:
    """The arithmetic of one map of a layer around one cell, and what it is a part of."""

    part: Arithmetic
    output: np.ndarray  # (H', W') the whole map
    vector: np.ndarray | None  # (K,) all outputs of the layer, where each is one number


@per_visitor(everybody=64, own=2)
def closeup(_photo: Photo, digest: str, chosen: Situation, step: str, unit: int, cell: tuple[int, int]) -> Closeup:
    """Map `unit` of a layer, ready to be taken apart at and around a cell."""
    ran = steps(_photo, chosen)
    whole = explain.arithmetic(ran, step, unit)
    near = part(whole, *cell, most=CURVED if whole.rule == "curve" else SUMMED)
    values = ran[step].output.numpy()
    vector = values.reshape(-1).copy() if values.size == len(values) else None
    kept = replace(near, inputs=near.inputs.copy(), output=near.output.copy())  # not the whole trace behind them
    return Closeup(kept, whole.output.copy(), vector)


@per_visitor(everybody=64, own=2)
def shifts(_photo: Photo, digest: str, chosen: Situation, step: str, most: int) -> list[experiments.Shift]:
    """What a shift of the photo changes before and after a pooling step; the network runs once for each."""
    net = network(chosen.network, chosen.trained)
    image = images.to_tensor(_fitted(_photo, chosen), net.preprocessing)
    return gate.through(experiments.shift_experiment, net.graph, image, step, most)


@st.cache_resource(max_entries=64, show_spinner=False)
def iterations(config: Config, count: int) -> tuple[Iteration, ...]:
    """The first `count` iterations of a small network; numbers that everybody may see."""
    return tuple(train(config, count))


@per_visitor(everybody=12, own=1)
def slope_maps(_photo: Photo, digest: str, chosen: Situation, aim: slopes.Aim, step: str) -> slopes.Layer:
    """All values of one step, with the slope along each."""
    return _of_slopes(_photo, chosen, slopes.layer, aim, step)


@per_visitor(everybody=256, own=32)
def slope(_photo: Photo, digest: str, chosen: Situation, question: str, *about) -> object:
    """The answer to one of the questions of slopes.SMALL."""
    return _of_slopes(_photo, chosen, slopes.SMALL[question], *about)


def _of_slopes(photo: Photo, chosen: Situation, function: Callable, *about: object) -> object:
    net = network(chosen.network, chosen.trained)
    return gate.through(function, net, _fitted(photo, chosen), *about)


@st.cache_resource(show_spinner=False, on_release=lambda service: service.executor.shutdown(wait=False))
def service() -> Service:
    """Who trains the networks of all visitors; its processes end with the server."""
    return Service(*workers.executor())


@st.cache_resource(max_entries=8, show_spinner=False)
def toy(choice: toy_data.Choice) -> toy_data.Data:
    """Data to train on; nobody can change them."""
    return toy_data.load(choice)
