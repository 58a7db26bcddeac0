"""What the drawing of Train one is sent: the curves, and pictures, a photo or gradients, packed."""
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core import drawing, images, squeeze_review
from core.squeeze_config import PENALISED, Config
from core.squeeze_data import Tiles
from core.squeeze_layers import CODE_BENDS
from core.toy_data import Data
from core.training import State
from pages.shared import gate, lab, lab_views, train_one_choices
from pages.shared.components import as_bytes, pack
from pages.shared.lab import Lab
from pages.shared.lab_views import Message, Strokes

PICTURES, PHOTO, GRADIENTS, DRAW = "Pictures", "Photo", "Gradients", "Draw"
MOST = 10  # test pictures that are shown
TALL = 122  # pixels of a chart: there may be three


@dataclass(frozen=True)
class Rebuilt:
    """Some pictures on their way."""

    names: tuple[str, ...]
    clean: np.ndarray  # (N, C, H, W)
    given: np.ndarray  # the same, damaged for a denoising autoencoder
    codes: np.ndarray  # (N, D)
    out: np.ndarray  # (N, C, H, W)

    @property
    def errors(self) -> np.ndarray:
        """Mean squared error of each, (N,)."""
        return np.square(self.out - self.clean).mean(axis=(1, 2, 3))


def views(data: Config) -> list[str]:
    """The views there are for these pictures."""
    return [PHOTO, GRADIENTS] if isinstance(data, Tiles) else [PICTURES, DRAW, GRADIENTS]


def charts(config: Config) -> list[dict]:
    """What is drawn of a row of scores: step, then loss, squared error and penalty on training and on test pictures."""
    found = [
        dict(name="loss", title=f"Loss: {loss_of(config)}", word="loss", columns=[1, 4], batches=True),
        dict(name="error", title="Mean squared error", word="MSE", columns=[2, 5]),
    ]
    if config.kind in PENALISED:
        name = PENALISED[config.kind]
        found.append(dict(name="penalty", title=f"Penalty: {name}", word=name, columns=[3, 6]))
    elif config.loss == "MSE":
        found.pop()  # it is the loss
    return found


def loss_of(config: Config) -> str:
    """The loss as a formula."""
    return config.loss + (f" + {config.penalty:g} × {PENALISED[config.kind]}" if config.penalty else "")


def message(run: Lab, data: Data, view: str, most: int, hand: np.ndarray, strokes: Strokes) -> bytes:
    """Everything that is drawn, for the step that the run has reached; `hand` is the picture in hand, (1, 8, 8)."""
    seen = lab.look(run, data)
    config, step = seen.state.config, seen.state.step
    error = seen.evaluation.test.squared_error
    header = dict(key=f"{config}", step=step, strokes=strokes, drawing=view == DRAW, tall=TALL, views=[])
    header |= dict(say="" if run.busy else f"Step {step}. Mean squared error on test pictures {error:.4f}.")
    sent = Message(header, {})
    lab_views.add_curves(sent, run, seen, most, charts(config), train_one_choices.settings)
    header["tall"] = {1: 260, 2: 180}.get(len(header["charts"]), TALL)
    if view == PHOTO:
        _photo(sent, seen.state)
    elif view == GRADIENTS:
        sizes = seen.evaluation.layers
        header |= dict(views=["gradients"], layerNames=[size.name for size in sizes])
        sent.arrays["gradients"] = np.array([size.gradient for size in sizes])
        sent.arrays["dead"] = np.array([size.dead for size in sizes])
    else:
        _grid(sent, seen.state, rebuilt(seen.state, data, view, hand, strokes))
        if view == DRAW and not strokes:
            header["grid"]["told"] = "Nothing is drawn yet. This is what becomes of an empty page."
    header["shows"] = f"step={step} busy={run.busy} view={view} runs={len(header['names'])} strokes={len(strokes)}"
    return pack(sent.header, **sent.arrays)


def rebuilt(state: State, data: Data, view: str, hand: np.ndarray, strokes: Strokes) -> Rebuilt:
    """The picture in hand and one test picture of each class; or what the visitor has drawn."""
    if view == DRAW:
        names, clean = ("yours",), (drawing.digit(strokes) if strokes else np.zeros_like(hand))[None]
    else:
        rows = [int(np.flatnonzero(data.test_labels == label)[0]) for label in range(MOST)]
        names = ("in hand", *(data.classes[data.test_labels[row]] for row in rows))
        clean = np.concatenate([hand[None], data.test_inputs[rows]])
    clean = clean.astype(np.float32)
    given = gate.through(squeeze_review.given, state, clean)
    codes, out = gate.through(squeeze_review.rebuilt, state, given)
    return Rebuilt(names, clean, given, codes, out)


def _grid(sent: Message, state: State, found: Rebuilt) -> None:
    """Rows of small pictures: what enters, the code, what comes out, and how far it is off."""
    config, side = state.config, found.clean.shape[-1]
    pixels = dict(down=side, across=side, scale="grey", low=0, high=1)
    rows = [dict(pixels, name="picture", array="clean", words="8 × 8 numbers from 0 to 1")]
    if config.kind == "denoising":
        rows.append(dict(pixels, name="damaged", array="given", words="what the encoder is given"))
    across = int(np.ceil(np.sqrt(config.code)))
    down = -(-config.code // across)
    codes = np.zeros((len(found.codes), down * across), np.float32)
    codes[:, : config.code] = np.nan_to_num(found.codes)
    low, high = float(codes.min()), float(codes.max())
    kept = f"{config.code} number{'s' * (config.code > 1)}, all that is kept"
    scale = "magnitude" if config.kind in CODE_BENDS else "signed"  # the same for every picture, an empty one, too
    shades = dict(scale=scale, low=low, high=high, legend="the code", units=config.code)
    rows.append(dict(shades, name="code", array="codes", down=down, across=across, words=kept))
    rows.append(dict(pixels, name="rebuilt", array="out", words="made of the code alone"))
    off, most = np.abs(np.nan_to_num(found.out) - found.clean), 1.0
    shades = dict(pixels, scale="magnitude", high=most, legend="the error, |rebuilt − picture|")
    rows.append(dict(shades, name="error", array="off", words="how far each pixel is off"))
    told = "From top to bottom: what enters, what is kept, what is rebuilt. Point at one."
    errors = [None if not np.isfinite(error) else float(error) for error in found.errors]
    sent.header |= dict(views=["grid"], grid=dict(rows=rows, captions=list(found.names), errors=errors, told=told))
    arrays = dict(clean=found.clean, given=found.given, codes=codes, out=np.nan_to_num(found.out), off=off)
    sent.arrays |= {name: values.astype(np.float32) for name, values in arrays.items()}


def _photo(sent: Message, state: State) -> None:
    """The whole photo as it is given and as it is rebuilt, tile by tile."""
    tiles: Tiles = state.config.data
    given, out = gate.through(squeeze_review.photo, state)
    size, code = tiles.side**2 * tiles.maps, state.config.code
    told = f"{tiles.count:,} tiles of {size} numbers, each made again of {code}. Drag the curtain."
    before = "damaged" if state.config.kind == "denoising" else "your photo"
    sent.header |= dict(views=["photo"], photo=dict(height=tiles.height, width=tiles.width, told=told, before=before))
    sent.arrays |= dict(photoGiven=_jpeg(given), photoRebuilt=_jpeg(out))


def _jpeg(pixels: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(pixels.squeeze())  # grey ones without their last axis
    return as_bytes(gate.through(images.to_jpeg, picture, 90))
