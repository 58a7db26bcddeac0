"""A photo on the Autoencoder page: all its tiles, and the one at hand."""
import numpy as np
import streamlit as st
from PIL import Image

from core import images, whole_photo
from pages.shared import autoencoder_quiz, cached_codes, code_choices, code_view, gate, link, words
from pages.shared.code_choices import Chosen
from pages.shared.code_view import Shown
from pages.shared.components import as_bytes, pack


def begin(chosen: Chosen) -> Shown:
    """The photo through the network, with progress when it is new, and the tile at hand with its code as it was set."""
    place = st.empty()
    told = lambda share: place.progress(share, f"Squeezing the photo: {share:.0%} of its tiles")  # noqa: E731
    whole, scores = cached_codes.whole_photo(chosen.photo, chosen.name, told)
    place.empty()
    tile = link.whole("ae_tile", 0, len(whole.codes) - 1, whole.tile_at(0.5, 0.4))
    net, codes = cached_codes.autoencoder(chosen.name), whole.codes.numpy()
    reach = code_choices.reach(chosen.kind, codes[tile], codes)
    moves = code_choices.within(code_choices.moves(chosen.spec.code), reach)
    passage, own_mse = gate.through(whole_photo.piece, net, whole, tile, moves), None
    if moves:
        own_mse, *_ = scores
        whole = gate.through(whole_photo.with_tile, whole, tile, passage.output)
        scores = gate.through(whole_photo.scores, whole)
    return Shown(chosen, passage, (), whole, tile, scores, own_mse)


def message(shown: Shown, live: dict | None, hidden: set[str], turn: int) -> bytes:
    """All of the photo; or, while a code is dragged, only what that changes."""
    if live:
        return _patch(shown, live, turn)
    whole, passage, chosen = shown.whole, shown.passage, shown.chosen
    _, rows, columns = whole.photo.shape
    size, kept, errors = rows * columns * 3, whole.codes.numel(), whole_photo.errors(whole)
    code, arrays = code_view.of_code(chosen, passage, whole.codes.numpy())
    share = "" if autoencoder_quiz.SHARE in hidden else f", {words.percent(kept / size)}"
    header = dict(
        **dict(key=f"{chosen.key}/{shown.tile}", shows=shown.about, turn=turn, pad=False, strokes=[]),
        **dict(rows=rows, columns=columns, most=_most(errors), signed=False, errorWords="and more · 0 is exact"),
        grid=dict(across=whole.grid.columns, down=whole.grid.rows, stride=whole.grid.stride, side=whole.grid.side),
        tile=dict(index=shown.tile),
        titles={
            "input": ["Input", f"{columns} × {rows} × 3 = {size:,} numbers"],
            "code": ["Code", f"{len(passage.code)} numbers a tile, {kept:,} in all{share}"],
            "output": ["Output", f"{len(whole.codes)} tiles, blended"],
            "error": ["Error", "how far each pixel is off"],
        },
        below={
            "input": "The tile, enlarged",
            "output": code_view.told(shown.scores, hidden),
            "error": f"off by {words.number(errors.mean())} on average, at most {words.number(errors.max())}",
        },
        alts={
            "input": f"{chosen.title} in {len(whole.codes)} tiles. Arrow keys go from tile to tile, Enter chooses one.",
            "output": "The photo put together from all tiles.",
            "error": f"How far each pixel is off, at most {words.number(errors.max())}.",
        },
        **code,
    )
    pictures = dict(
        photo=as_bytes(_encoded(whole.photo.numpy())),
        rebuilt=as_bytes(_encoded(whole.rebuilt.numpy())),
        error=_levels(errors, _most(errors)),
        codes=whole.codes.numpy(),
        tileErrors=whole_photo.tile_errors(whole),
    )
    return pack(header, **arrays, **pictures)


def _patch(shown: Shown, live: dict, turn: int) -> bytes:
    """The part of the photo that the tile at hand reaches, rebuilt from the code under the finger."""
    whole, tile = shown.whole, shown.tile
    net = cached_codes.autoencoder(shown.chosen.name)
    passage = gate.through(whole_photo.piece, net, whole, tile, live["moved"])
    left, top, right, bottom = whole.box(tile)
    now = gate.through(whole_photo.with_tile, whole, tile, passage.output)
    part = now.rebuilt.numpy()[:, top:bottom, left:right]
    errors = whole_photo.errors(now)[top:bottom, left:right]
    header = dict(
        key=f"{shown.chosen.key}/{tile}", turn=turn, patch=[left, top, right - left, bottom - top],
        tileError=passage.mse,
    )  # fmt: skip
    pixels = np.ascontiguousarray(_levels(part, 1.0).transpose(1, 2, 0))
    return pack(header, patchPixels=pixels, patchError=_levels(errors, _most(whole_photo.errors(whole))))


def _most(errors: np.ndarray) -> float:
    """The brightest of the error map; a few pixels on edges do not make all others dark."""
    return float(np.quantile(errors, 0.995)) or 1.0


def _levels(values: np.ndarray, most: float) -> np.ndarray:
    return np.round(values / most * 255).clip(0, 255).astype(np.uint8)


def _encoded(picture: np.ndarray) -> bytes:
    return images.to_jpeg(Image.fromarray(_levels(picture, 1.0).transpose(1, 2, 0)), quality=95)
