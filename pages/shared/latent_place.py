"""Where things are on the Latent space page: the picture's code, both ends of the walk, and the visitor."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import streamlit as st

from core import autoencoders, ink, kernels, latent
from pages.shared import cached, cached_codes, code_choices, gate, link, words
from pages.shared.shell import Hand

PCA = "pca_digits"
SPACES = {
    "plain, 2": "digits_2",
    "variational, 2": "digits_variational_2",
    "plain, 8": "digits_8",
    "plain, 32": "digits_32",
    "variational, 16": "digits_variational_16",
}
FROM_TO = ("latent_from", "latent_to")
HAND, DRAWN, PLACE = "hand", "drawn", "place"
DIGITS = {f"digit-{digit}": digit for digit in range(10)}
ENDS = {HAND: "the picture in hand", DRAWN: "my drawing", PLACE: "a place on the map"}
ENDS |= {name: words.a_digit(digit) for name, digit in DIGITS.items()}
Reach = tuple[np.ndarray, np.ndarray]  # the lowest and the highest that each number of a code can be set to
Result = TypeVar("Result")


@dataclass(frozen=True)
class End:
    """Where a walk begins or ends."""

    title: str
    code: np.ndarray | None  # (D,); none for a picture without ink
    moved: bool = False  # a place that was chosen on the map
    digit: int | None = None  # that it is known to be


@dataclass(frozen=True)
class Shown:
    """Everything that decides what the page shows."""

    name: str  # of autoencoders.SPECS
    image: np.ndarray  # (1, 28, 28) the picture whose cloud is shown
    title: str  # of that picture
    hand: np.ndarray | None  # (D,) its code; none for a picture without ink
    ends: tuple[End, End]
    at: np.ndarray  # (D,) where the visitor is
    pca: np.ndarray | None  # (2,) and on PCA's map; none as long as that follows the other
    reaches: tuple[Reach, ...]  # of `at`, and on a map of `pca`
    share: int  # percent of the walk
    ground: str  # of what is behind the map: none, digits or sure

    @property
    def spec(self) -> autoencoders.Spec:
        """What the autoencoder is."""
        return autoencoders.SPECS[self.name]

    @property
    def is_map(self) -> bool:
        """A code of two numbers is a place on a map; more are bars."""
        return self.spec.code == 2

    @property
    def has_clouds(self) -> bool:
        """The encoder gives a mean and a standard deviation."""
        return self.spec.kind == "variational"

    @property
    def has_walk(self) -> bool:
        """Both ends are somewhere."""
        return all(end.code is not None for end in self.ends)


def ask(function: Callable[..., Result], name: str, *arguments: object) -> Result:
    """function(network of that name, ...) where the heavy work is done."""
    return gate.through(function, cached_codes.autoencoder(name).model, *arguments)


def ask_both(function: Callable[..., Result], name: str, *arguments: object) -> Result:
    """The same for functions that have LeNet read what is decoded."""
    return ask(function, name, cached.network("lenet", True), *arguments)


def placed(hand: Hand, name: str, of: str, chosen: tuple[str, str], ground: str) -> Shown:
    """Where all that is; a link that leads off the map, or beyond the bars, leads to its edge."""
    is_map, own = autoencoders.SPECS[name].code == 2, _code(hand, name, of)
    ends = [_end(hand, name, *end) for end in zip(FROM_TO, chosen, strict=True)]
    reach = _reach(name, [own, *(end.code for end in ends if not end.moved)])
    one, other = (replace(end, code=end.code.clip(*reach)) if end.moved else end for end in ends)
    share = link.whole("latent_share", 0, 100, 0) if one.code is not None and other.code is not None else 0
    at = numbers("latent_at", len(reach[0]))
    at = _on_the_way(one.code, other.code, share, reach) if at is None else at.clip(*reach)
    reaches, pca = (reach, _reach(PCA, [])) if is_map else (reach,), numbers("latent_pca", 2) if is_map else None
    pca = None if pca is None else pca.clip(*reaches[1])
    return Shown(name, _image(hand, of), ENDS[of], own, (one, other), at, pca, reaches, share, ground)


def numbers(key: str, count: int) -> np.ndarray | None:
    """A code in the link; None if there is none that fits."""
    try:
        return kernels.from_text(st.query_params.get(key, ""), (count,))
    except ValueError:  # no numbers, or those of another code
        return None


def _image(hand: Hand, of: str) -> np.ndarray:
    if of == DRAWN:
        return ink.digit(code_choices.strokes())
    return cached_codes.digit(hand.photo if of == HAND else cached.sample(of))


def _code(hand: Hand, name: str, of: str) -> np.ndarray | None:
    """Of a picture; empty paper has none, nor has a photo without ink."""
    image = _image(hand, of)
    return ask(latent.code, name, image) if image.any() else None


def _end(hand: Hand, name: str, key: str, chosen: str) -> End:
    if chosen == PLACE:
        return End(ENDS[PLACE], numbers(key, 2), moved=True)
    digit = DIGITS.get(chosen)
    if digit is not None and autoencoders.SPECS[name].code == 2:
        return End(ENDS[chosen], _typical(name, digit), digit=digit)
    if chosen == HAND:
        digit = DIGITS.get(hand.photo.id)
    return End(ENDS[chosen], _code(hand, name, chosen), digit=digit)


def _typical(name: str, digit: int) -> np.ndarray:
    """Code (2,) of the test digit in the middle of its kind on the map."""
    tests = cached_codes.on_test_digits(name)
    return tests["codes"][latent.typical(tests["codes"], tests["labels"], digit)]


def _reach(name: str, codes: Sequence[np.ndarray | None]) -> Reach:
    """How far a visitor can go: to the edges of the map, or of the bars. All these codes have room."""
    known = [code for code in codes if code is not None]
    if name == PCA or autoencoders.SPECS[name].code == 2:
        *middle, half = latent.box(cached_codes.on_test_digits(name)["codes"], known)
        return np.array(middle) - half, np.array(middle) + half
    most = np.ceil(max(3.0, *(1.3 * np.abs(code).max() for code in known), 0.0))
    return np.full(autoencoders.SPECS[name].code, -most), np.full(autoencoders.SPECS[name].code, most)


def _on_the_way(one: np.ndarray | None, other: np.ndarray | None, share: int, reach: Reach) -> np.ndarray:
    """The place that is `share` percent of the way; where there is no way, one of its ends, or the middle of it all."""
    if one is not None and other is not None:
        return (1 - share / 100) * one + share / 100 * other
    return next((code for code in (one, other) if code is not None), (reach[0] + reach[1]) / 2)
