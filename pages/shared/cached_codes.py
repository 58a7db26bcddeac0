"""What is kept of the autoencoders: cached.py for the second half of the app."""
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from core import (
    autoencoders,
    code_features,
    images,
    latent,
    repairs,
    rivalry,
    rivals,
    squeeze_data,
    squeeze_review,
    toy_data,
    zoo,
)
from core import whole_photo as tiled
from core.repairs import Damage, Judged
from core.rivalry import Basis, Entry
from core.training import State
from core.whole_photo import Squeezed
from pages.shared import cached, gate
from pages.shared.cached import per_visitor
from pages.shared.photos import Photo


@st.cache_resource(show_spinner=False)
def autoencoder(name: str) -> autoencoders.Autoencoder:
    """An autoencoder, loaded once for everybody."""
    return autoencoders.load(name)


@st.cache_resource(show_spinner=False)
def on_test_digits(name: str) -> dict[str, np.ndarray]:
    """What the 10,000 test digits gave: errors (N,), labels (N,), and codes (N, 2) where the code is two numbers."""
    return {key: values.float().numpy() for key, values in zoo.own_weights(f"{name}_tests").items()}


@per_visitor(everybody=64, own=24)
def digit(_photo: Photo, digest: str) -> np.ndarray:
    """The photo as the digit networks get it, white ink on black: (1, 28, 28) float32, 0 to 1."""
    fitted = images.fit(_photo.picture, autoencoders.DIGIT, "centre")
    return images.to_tensor(fitted, autoencoders.DIGIT).numpy()


# ---- photos in tiles --------------------------------------------------------------------------


@per_visitor(everybody=12, own=1)
def _photo_in_tiles(_photo: Photo, digest: str, name: str) -> dict:
    """Where the squeezed photo is put: it is made outside, since progress can't be shown from within a cache."""
    return {}


def whole_photo(photo: Photo, name: str, told: Callable[[float], None]) -> tuple[Squeezed, tuple[float, float, float]]:
    """A photo through an autoencoder of tiles, with MSE, PSNR and SSIM; told(share) is called while it is new."""
    kept = _photo_in_tiles(photo, name)
    if "whole" not in kept:
        model, small = autoencoder(name).model, gate.through(tiled.working, photo.picture)
        whole = tiled.squeeze(small, model.encoder, model.decoder, run=gate.through, told=told)
        kept["whole"] = whole, gate.through(tiled.scores, whole)
    return kept["whole"]


def photo_beside(photo: Photo, name: str) -> list[Entry]:
    """The same photo beside PCA and JPEG."""
    kept = _photo_in_tiles(photo, name)
    if "beside" not in kept:
        whole, _ = whole_photo(photo, name, lambda _: None)
        kept["beside"] = gate.through(rivalry.of_photo, autoencoder(name), whole, components("cifar10"))
    return kept["beside"]


def photo_tile_errors(photo: Photo, name: str) -> np.ndarray:
    """Mean squared error of each tile of a photo, (N,)."""
    return tiled.tile_errors(whole_photo(photo, name, lambda _: None)[0])


@st.cache_resource(show_spinner=False)
def components(dataset: str) -> Basis:
    """Mean and principal components of a data set, read once for everybody."""
    return rivals.components(dataset)


# ---- repaired pictures ------------------------------------------------------------------------


@per_visitor(everybody=16, own=4)
def repaired(_photo: Photo, digest: str, name: str, damage: Damage) -> tuple[np.ndarray, Judged, Judged]:
    """The clean picture, the damaged one and the network's repair; ValueError if the photo is a sliver."""
    is_digit = autoencoders.spec(name).dataset == "mnist"
    clean = digit(_photo) if is_digit else repairs.working(_photo.picture)
    return clean, *gate.through(repairs.by_network, autoencoder(name).model, clean, damage)


@per_visitor(everybody=64, own=24)
def undamaged(_photo: Photo, digest: str, name: str) -> float:
    """PSNR of what the network makes of the picture without any damage, in dB: it gives no picture back exactly."""
    _, _, after = repaired(_photo, name, Damage())
    return after.psnr


@per_visitor(everybody=16, own=4)
def filtered(_photo: Photo, digest: str, name: str, damage: Damage) -> tuple[Judged, ...]:
    """What the classical filters make of the same damaged picture."""
    clean, before, _ = repaired(_photo, name, damage)
    return gate.through(repairs.by_filters, before.picture, clean)


# ---- the space of codes -----------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def decoders(name: str) -> tuple[tuple[latent.Dense, ...], ...]:
    """The layers of a decoder, for browsers; where the code is two numbers, PCA's way back, too."""
    own = latent.layers(autoencoder(name).model.decoder)
    mean, components = rivals.components("mnist")
    return (own, latent.linear(mean, components[:2])) if autoencoders.spec(name).code == 2 else (own,)


@st.cache_resource(show_spinner=False)
def survey(name: str) -> latent.Survey:
    """What lives between the codes of the test digits, where the code is two numbers."""
    model, lenet = autoencoder(name).model, cached.network("lenet", True)
    return gate.through(latent.survey, model, lenet, on_test_digits(name)["codes"])


# ---- trained before one's eyes ------------------------------------------------------------------


@per_visitor(everybody=6, own=1)
def tiles(_photo: Photo, digest: str, side: int, colour: bool) -> tuple[squeeze_data.Tiles, toy_data.Data]:
    """The photo cut into tiles to train on."""
    cut = gate.through(squeeze_data.of_photo, _photo.picture, digest, side, colour)
    return cut, gate.through(squeeze_data.load, cut)


@per_visitor(everybody=64, own=24)
def small_digit(_photo: Photo, digest: str) -> np.ndarray:
    """The photo as one of scikit-learn's digits, white ink on black: (1, 8, 8) float32, 0 to 1."""
    small = replace(autoencoders.DIGIT, size=8)
    return images.to_tensor(images.fit(_photo.picture, small, "centre"), small).numpy()


@st.cache_resource(max_entries=64, show_spinner=False)
def pca_on_digits(choice: toy_data.Choice, code: int, noise: float, seed: int) -> float:
    """Squared error of PCA on the small test digits."""
    return gate.through(squeeze_review.pca_error, cached.toy(choice), code, noise, seed)


@per_visitor(everybody=32, own=16)
def pca_on_tiles(_photo: Photo, digest: str, side: int, colour: bool, code: int, noise: float, seed: int) -> float:
    """Squared error of PCA on the photo's test tiles."""
    return gate.through(squeeze_review.pca_error, tiles(_photo, side, colour)[1], code, noise, seed)


DIGITS = toy_data.Choice("digits", 1797 - toy_data.TESTS)  # all that there are


@st.cache_resource(max_entries=64, show_spinner=False)
def accuracy(name: str, count: int) -> code_features.Accuracy:
    """A classifier with so many labels on the codes of a shipped autoencoder, or on the raw pixels ("")."""
    data = cached.toy(DIGITS)
    features = gate.through(code_features.codes, autoencoder(name).model, data) if name else code_features.pixels(data)
    return gate.through(code_features.accuracy, features, data, count)


@st.cache_resource(max_entries=24, scope="session", show_spinner=False)
def own_accuracy(_state: State, weights: str, count: int) -> code_features.Accuracy:
    """The same on the codes of the visitor's own autoencoder; `weights` tells states apart."""
    data = cached.toy(DIGITS)
    known, tests = (gate.through(squeeze_review.rebuilt, _state, some)[0] for some in (data.inputs, data.test_inputs))
    return gate.through(code_features.accuracy, code_features.Features(known, tests), data, count)
