"""The drawing of the Latent space page: what the browser is sent, and where the visitor goes in it."""
from collections.abc import Sequence
from functools import partial

import numpy as np

from core import autoencoders, latent
from core.latent import Dense
from pages.shared import cached_codes, components, latent_words, link
from pages.shared.components import pack
from pages.shared.latent_place import FROM_TO, PCA, Shown, ask, ask_both

EVERY = 5  # of 10,000 test digits one in so many is drawn
STEPS = 9  # pictures of the walk


def show(shown: Shown, asked: bool) -> None:
    """The map or the bars, with the walk; `asked`: a question about the code there is open."""
    known = shown.hand is not None
    cloud = ask(latent.cloud, shown.name, shown.image) if shown.has_clouds and known else None
    here = ask_both(latent.decoded, shown.name, shown.at[None])
    header = dict(
        **dict(name=shown.name, kind="map" if shown.is_map else "bars", ground=shown.ground, asked=asked),
        **dict(title=_title(shown), at=rounded(shown.at), other=_listed(shown.pca), share=shown.share),
        ends=[dict(title=end.title, code=_listed(end.code), moved=end.moved) for end in shown.ends],
        **dict(hand=_listed(shown.hand), cloud=cloud.deviation.tolist() if cloud else None),
        **dict(reading=latent_words.reading(here), sure=latent.SURE, whose=shown.title),
        **dict(story=latent_words.no_walk(shown.ends), most=float(shown.reaches[0][1].max())),
    )
    arrays = {}
    if shown.has_walk:
        walk = walked(shown)
        header["story"] = latent_words.story(shown.ends, walk)
        arrays = dict(walk=as_bytes(walk.images), labels=walk.labels.astype(np.uint8), chances=walk.chances)
    if shown.is_map:
        header["boxes"] = [_box(*reach) for reach in shown.reaches]
    if shown.ground == "sure":
        arrays |= _survey(shown.name, header)
    header["shows"] = f"{shown.name} at={text(shown.at)} share={shown.share} ground={shown.ground} asked={asked}"
    components.latent(pack(header, **arrays), partial(_heard, shown))
    components.latent_decoder(_landscape(shown.name))


def walked(shown: Shown) -> latent.Decoded:
    """The pictures of the walk, if there is one."""
    one, other = (end.code for end in shown.ends)
    return ask_both(latent.walk, shown.name, one, other, STEPS)


def _heard(shown: Shown, _: str, sent: dict) -> None:
    """The visitor has come to rest: the link says where, and what else they have moved."""
    moved = {name: text(end) for name, end in zip(FROM_TO, sent["ends"], strict=True) if end is not None}
    if sent["other"] is not None:
        moved["latent_pca"] = text(sent["other"])
    elif shown.pca is not None:  # it follows again
        moved["latent_pca"] = link.UNSET
    link.go(latent_at=text(sent["code"]), latent_share=int(sent["share"]), **moved)


def rounded(code: Sequence[float]) -> list[float]:
    """As the link has it."""
    return [round(float(value), 3) for value in code]


def text(code: Sequence[float]) -> str:
    """A code for the link."""
    return ",".join(f"{value:g}" for value in rounded(code))


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Pictures from 0 to 1 as grey bytes."""
    return np.round(images * 255).astype(np.uint8)


def _title(shown: Shown) -> str:
    if shown.is_map:
        return "Test digits where the encoder puts them"
    return f"The code, {shown.spec.code} numbers: drag a bar"


def _listed(code: np.ndarray | None) -> list[float] | None:
    return None if code is None else code.tolist()


def _box(low: np.ndarray, high: np.ndarray) -> list[float]:
    """Centre and half the side of a map."""
    return [*((low + high) / 2).tolist(), float(high[0] - low[0]) / 2]


def _survey(name: str, header: dict) -> dict[str, np.ndarray]:
    """How sure LeNet is in the places between the codes."""
    found = cached_codes.survey(name)
    step = 2 * latent.REACH / (latent.SIDE - 1) * found.deviation
    low = found.mean - latent.REACH * found.deviation
    header["survey"] = dict(low=low.tolist(), step=step.tolist())
    return dict(
        places=found.steps.astype(np.uint8),
        sureness=np.round(found.found.chances * 255).astype(np.uint8),
        holes=(found.distances > latent.NEAR).astype(np.uint8),
    )


def _landscape(name: str) -> bytes:
    """What stays as it is: weights and test digits. 16 bits a number, as they are stored."""
    decoders, maps = cached_codes.decoders(name), [name, PCA] if autoencoders.SPECS[name].code == 2 else []
    shapes = [[_shape(layer) for layer in decoder] for decoder in decoders]
    widths = [shapes[0][0]["inputs"], *(shape["outputs"] for shape in shapes[0])]
    count = sum(part.size for layer in decoders[0] for part in (layer.weights, layer.bias))
    told = f"The decoder runs in your browser: {' → '.join(map(str, widths))} units, {count:,} weights and biases."
    arrays = {}
    for at, decoder in enumerate(decoders):
        arrays[f"weights{at}"] = _halves(*(part for layer in decoder for part in (layer.weights, layer.bias)))
    for at, of in enumerate(maps):
        arrays[f"points{at}"] = _halves(cached_codes.on_test_digits(of)["codes"][::EVERY])
    labels = cached_codes.on_test_digits(PCA)["labels"][::EVERY] if maps else np.empty(0)
    header = dict(name=name, decoders=shapes, maps=maps, told=told)
    return pack(header, **arrays, labels=labels.astype(np.uint8))


def _shape(layer: Dense) -> dict:
    outputs, inputs = layer.weights.shape
    return dict(inputs=inputs, outputs=outputs, activation=layer.activation)


def _halves(*parts: np.ndarray) -> np.ndarray:
    """Numbers of 16 bits as bytes; decoder.js reads them."""
    return np.concatenate([part.ravel() for part in parts]).astype("<f2").view(np.uint8)
