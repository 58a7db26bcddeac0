"""Python side of the browser components: typed functions that pack arrays into bytes."""
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "components"
TYPES = {"float64", "float32", "uint8", "int32"}


def pack(header: dict, **arrays: np.ndarray) -> bytes:
    """[u32 header length][JSON header][arrays, each 8-byte aligned], as unpack() in shared.js reads it."""
    places, offset = [], 0
    for name, array in arrays.items():
        if str(array.dtype) not in TYPES:
            raise ValueError(f"{name} is {array.dtype}; send one of {', '.join(sorted(TYPES))}")
        places.append({"name": name, "type": str(array.dtype), "length": array.size, "offset": offset})
        offset += array.nbytes + -array.nbytes % 8
    base = 4096  # room for the header; grows until it fits
    while True:
        shifted = [{**place, "offset": place["offset"] + base} for place in places]
        text = json.dumps({**header, "arrays": shifted}, separators=(",", ":")).encode()
        if 4 + len(text) <= base:
            break
        base *= 2
    packed = bytearray(base + offset)
    packed[:4] = len(text).to_bytes(4, "little")
    packed[4 : 4 + len(text)] = text
    for place, array in zip(shifted, arrays.values(), strict=True):
        packed[place["offset"] : place["offset"] + array.nbytes] = np.ascontiguousarray(array).tobytes()
    return bytes(packed)


def as_bytes(data: bytes) -> np.ndarray:
    """An encoded picture as an array to pack."""
    return np.frombuffer(data, dtype=np.uint8)


def _component(name: str, *parts: str):
    """A component from its files: what all share, its parts, and the one that bears its name; not all have a look."""
    files = ("shared", *parts, name)
    looks = [path for path in (FOLDER / f"{file}.css" for file in files) if path.is_file()]
    css, js = (
        "\n".join(path.read_text(encoding="utf-8") for path in paths)
        for paths in (looks, [FOLDER / f"{file}.js" for file in files])
    )
    return st.components.v2.component(f"torchlight_{name}", css=css, js=js)


_filmstrip, _answer, _network_map, _layer_view = map(_component, ("filmstrip", "answer", "network_map", "layer_view"))
PARTS = ("arithmetic", "panels", "kernel", "bars", "curve", "terms", "sentence")  # what is drawn and said
DEEDS = ("pointing", "steps", "edit", "frame", "copy", "save")  # what visitors do
CALCULATION = [f"calculation_{part}" for part in PARTS + DEEDS]
_calculation = _component("calculation", *CALCULATION)
_neurons = _component("neurons", "neurons_graph")
_lab = _component("lab", "lab_curves", "lab_charts", "lab_pictures", "lab_plane", "paper")
_squeeze = _component("squeeze", "lab_curves", "lab_charts", "paper")
_meter, _histograms = (_component(name, "meter_axis", "meter_time") for name in ("meter", "histograms"))
_autoencoder = _component("autoencoder", "paper", "autoencoder_code", "autoencoder_photo")
_backward, _panels = _component("backward", "backward_maps", "backward_sum"), _component("panels")
_repair, _six = _component("repair"), _component("six", "six_bars", "paper")
_latent_decoder = _component("latent_decoder", "decoder")
_latent = _component("latent", "decoder", "latent_map", "latent_walk")
_pad, _album = _component("pad", "paper"), _component("album")


def _hear(key: str, event: str, then: Callable[[dict], None]) -> Callable[[], None]:
    """A callback that hands what the browser sent to `then`, before the script runs."""

    def heard() -> None:
        sent = st.session_state[key].get(event)
        if sent is not None:
            then(sent)

    return heard


def filmstrip(data: bytes, on_pick: Callable[[dict], None], on_drop: Callable[[dict], None]) -> int:
    """Pictures to choose from; how many own photos the browser last saw."""
    key = "filmstrip"
    shown = _filmstrip(
        key=key,
        data=data,
        on_pick_change=_hear(key, "pick", on_pick),
        on_drop_change=_hear(key, "drop", on_drop),
        on_held_change=lambda: None,
    )
    return int(shown.get("held") or 0)


def answer(data: bytes, on_explain: Callable[[dict], None]) -> None:
    """The photo with its heat map, beside the best classes."""
    key = "answer"
    _answer(key=key, data=data, on_explain_change=_hear(key, "explain", on_explain))


def network_map(data: bytes, on_open: Callable[[dict], None]) -> None:
    """The whole network, a column a layer."""
    key = "network_map"
    _network_map(key=key, data=data, on_open_change=_hear(key, "open", on_open))


def layer_view(data: bytes, on_choose: Callable[[dict], None], on_open: Callable[[dict], None]) -> None:
    """One layer: all maps, the chosen one, its weights and what a unit sees; any number of it opens."""
    key = "layer_view"
    callbacks = dict(on_choose_change=_hear(key, "choose", on_choose), on_open_change=_hear(key, "open", on_open))
    _layer_view(key=key, data=data, **callbacks)


def calculation(data: bytes, key: str, heard: Callable[[str, dict], None]) -> None:
    """The arithmetic of one map: input, window, output, and every term of the cell pointed at.

    heard(event, sent) is told of a cell chosen, a frame moved, another unit, and a kernel typed.
    """
    events = ("choose", "frame", "unit", "kernel")
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in events}
    _calculation(key=key, data=data, **callbacks)


def neurons(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """A small network as a graph, iteration by iteration; heard(event, sent): where the visitor is, what they typed."""
    key = "neurons"
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("look", "typed")}
    _neurons(key=key, data=data, **callbacks)


def backward(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """A layer's maps with their slopes; heard(event, sent): a number is opened, another layer is chosen."""
    key = "backward"
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("open", "walk")}
    _backward(key=key, data=data, **callbacks)


def panels(data: bytes, key: str, on_choose: Callable[[dict], None]) -> None:
    """Grids of numbers side by side; pointing marks the same cell in all, a click chooses it."""
    _panels(key=key, data=data, on_choose_change=_hear(key, "choose", on_choose))


def lab(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """A run's curves and what its network does; heard(event, sent): back to a step, a picture, a cell, a drawing."""
    key, events = "lab", ("go", "see", "cell", "draw")
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in events}
    _lab(key=key, data=data, **callbacks)


def meter(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """Gradient and activation per layer; heard(event, sent): another time, a layer chosen, a layer to be opened."""
    key = "meter"
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("time", "choose", "open")}
    _meter(key=key, data=data, **callbacks)


def histograms(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """How activations and gradients are spread in each layer; heard(event, sent): another time, a layer chosen."""
    key = "histograms"
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("time", "choose")}
    _histograms(key=key, data=data, **callbacks)


def repair(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """A damaged picture with a brush, beside its repairs; heard(event, sent): wipe, undo, and a visitor who pauses."""
    key = "repair"
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("wipe", "undo", "rest")}
    _repair(key=key, data=data, **callbacks)


def autoencoder(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """Input, code, output, error; heard(event, sent): strokes or code on the move and when done, another tile."""
    key, events = "autoencoder", ("live", "drop", "draw", "tile")
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in events}
    _autoencoder(key=key, data=data, **callbacks)


def latent_decoder(data: bytes) -> None:
    """The weights of decoders and the places of the test digits, which the browser keeps."""
    _latent_decoder(key="latent_decoder", data=data)


def latent(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """The space of codes: a map or bars, what the decoder draws, a walk; heard(event, sent): where the visitor is."""
    key = "latent"
    _latent(key=key, data=data, on_look_change=_hear(key, "look", partial(heard, "look")))


def pad(data: bytes, key: str, on_draw: Callable[[dict], None]) -> None:
    """Paper for a digit; on_draw(sent) gets the strokes each time the pen is lifted."""
    _pad(key=key, data=data, on_draw_change=_hear(key, "draw", on_draw))


def album(data: bytes, key: str) -> None:
    """Small grey pictures with a line of words below each."""
    _album(key=key, data=data)


def squeeze(data: bytes, heard: Callable[[str, dict], None]) -> None:
    """A run of an autoencoder: its curves, and what it rebuilds; heard(event, sent): back to a step, a drawing."""
    key = "squeeze"
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("go", "draw")}
    _squeeze(key=key, data=data, **callbacks)


def six(data: bytes, key: str, heard: Callable[[str, dict], None]) -> None:
    """Cards side by side, one a network; heard(event, sent): a unit is chosen, a digit is drawn."""
    callbacks = {f"on_{event}_change": _hear(key, event, partial(heard, event)) for event in ("unit", "draw")}
    _six(key=key, data=data, **callbacks)
