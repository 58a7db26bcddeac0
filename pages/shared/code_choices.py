"""Which picture goes through which autoencoder: the controls, and what the link says of them."""
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core import autoencoders, ink
from core.drawing import Stroke
from pages.shared import cached_codes, link
from pages.shared.photos import Photo
from pages.shared.shell import Hand

HIDDEN = "<style>.st-key-networks { display: none; }</style>"  # classifiers do not matter here
PHOTO = "photo tiles"
PICTURE, DRAWN, LETTER = "picture in hand", "draw one", "a letter"
LEFT_OUT = ("digits_not_contractive", "tiles_denoising")  # they belong to other pages
FORGOTTEN = ("moved", "unit", "layer", "map", "cell")  # what no longer fits another code


def _known() -> dict[str, dict[int, str]]:
    """Kind -> code size -> name."""
    found: dict[str, dict[int, str]] = {}
    for name, spec in autoencoders.SPECS.items():
        if name not in LEFT_OUT:
            kind = PHOTO if spec.dataset == "cifar10" else spec.kind
            found.setdefault(kind, {})[spec.code] = name
    return found


KNOWN = _known()
ABOUT = {kind: about for kind, about in autoencoders.KINDS.items() if kind in KNOWN} | {
    PHOTO: "a convolutional one that squeezes a photo in tiles of 32 × 32 pixels"
}


@dataclass(frozen=True)
class Chosen:
    """A picture and an autoencoder for it."""

    name: str  # key of autoencoders.SPECS
    kind: str
    photo: Photo
    source: str  # PICTURE, DRAWN or LETTER
    letter: str
    turn: str  # a name of ink.TURNS

    @property
    def spec(self) -> autoencoders.Spec:
        """What the autoencoder is."""
        return autoencoders.SPECS[self.name]

    @property
    def tiled(self) -> bool:
        """The picture is a whole photo in tiles."""
        return self.kind == PHOTO

    @property
    def key(self) -> str:
        """What tells two situations apart, but for a drawing."""
        picture = self.photo.digest if self.source == PICTURE else f"{self.source}{self.letter}"
        return f"{self.name}/{picture}/{self.turn}"

    @property
    def title(self) -> str:
        """The picture in words."""
        known = {PICTURE: self.photo.title, DRAWN: "Your drawing", LETTER: f"The letter {self.letter}"}
        return known[self.source] + ("" if self.turn == "as it is" else f", {self.turn}")


def choose(hand: Hand) -> Chosen:
    """The controls; a photo begins with the network for photos, everything else with one for digits."""
    st.html(HIDDEN)
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        help = "The picture of the row above, a digit that you draw, or a printed letter."
        source = link.choose(
            st.segmented_control, "Picture", [PICTURE, DRAWN, LETTER], key="ae_on", begin=PICTURE, forgets=FORGOTTEN,
            required=True, help=help,
        )  # fmt: skip
        kinds = [kind for kind in KNOWN if source == PICTURE or kind != PHOTO]
        is_digit = source != PICTURE or hand.photo.id.startswith("digit-")
        kind = link.choose(
            st.selectbox, "Kind", kinds, key="ae_kind", begin="undercomplete" if is_digit else PHOTO, width=175,
            forgets=(*FORGOTTEN, "ae_code"), help=" \n".join(f"**{kind}**: {ABOUT[kind]}." for kind in kinds),
        )  # fmt: skip
        sizes = KNOWN[kind]
        size = link.choose(
            st.segmented_control, "Code size", list(sizes), key="ae_code", forgets=FORGOTTEN, required=True,
            begin=32 if 32 in sizes else next(iter(sizes)),
            help="How many numbers are kept" + (" of each tile." if kind == PHOTO else " of the picture."),
        )  # fmt: skip
        letter = _letter() if source == LETTER else ""
        turn = _turn() if kind != PHOTO else "as it is"
    return Chosen(sizes[size], kind, hand.photo, source, letter, turn)


def _letter() -> str:
    help = "Drawn with a printed font; the networks for digits have never seen one."
    return link.choose(
        st.selectbox, "Letter", list(ink.LETTERS), key="ae_letter", begin="A", forgets=FORGOTTEN, width=90, help=help
    )


def _turn() -> str:
    help = "What is done to the picture before it goes in."
    return link.choose(
        st.selectbox, "Shown", list(ink.TURNS), key="ae_turn", begin="as it is", forgets=FORGOTTEN, width=140, help=help
    )


def image(chosen: Chosen, strokes: tuple[Stroke, ...]) -> np.ndarray:
    """What a network for digits gets, (1, 28, 28) from 0 to 1."""
    found = {
        PICTURE: lambda: cached_codes.digit(chosen.photo),
        DRAWN: lambda: ink.digit(strokes),
        LETTER: lambda: ink.letter(chosen.letter),
    }[chosen.source]()
    return ink.TURNS[chosen.turn](found)


# ---- what the visitor drew and moved, as the link has it --------------------------------------


def strokes() -> tuple[Stroke, ...]:
    """The drawing of the link."""
    try:
        return ink.from_text("".join(link.parts("ink")))  # "auto" is no drawing
    except ValueError:
        link.forget("ink")
        return ()


def moves(count: int) -> dict[int, float]:
    """Units of the code that were set by hand, "3:0.5|7:-1"; what does not fit a code of `count` units is left out."""
    found = {}
    for text in link.parts("moved")[:count]:
        unit, _, value = text.partition(":")
        if unit.isascii() and unit.isdigit() and len(unit) < 4 and int(unit) < count and (number := _number(value)):
            found[int(unit)] = number[0]
    return found


def reach(kind: str, own: np.ndarray, others: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest, (D,) each, that units can be set to: half as far again as the code itself goes.

    All units of a code (D,) are on one scale; with others, (N, D), each is on its own: what it reaches in any of them.
    """
    most = 1.5 * np.abs(own[None] if others is None else others).max(axis=0).clip(1e-3)
    if others is None:
        most = np.full_like(most, max(1.0, most.max()))
    never_below = kind in ("sparse", "contractive")  # behind a ReLU or a sigmoid
    return np.zeros_like(most) if never_below else -most, most


def within(moves: dict[int, float], reach: tuple[np.ndarray, np.ndarray]) -> dict[int, float]:
    """The same moves, none further than that."""
    lows, highs = reach
    return {unit: float(np.clip(value, lows[unit], highs[unit])) for unit, value in moves.items()}


def _number(text: str) -> tuple[float] | None:
    """In a tuple, since 0 is a number, too."""
    try:
        value = float(text)
    except ValueError:
        return None
    return (value,) if abs(value) <= 1e6 else None


def without_moves() -> dict[str, str]:
    """What the link has to say so that another code begins as its own."""
    return {name: link.UNSET for name in FORGOTTEN if name in st.query_params}


def moves_as_text(sent: dict[int, float]) -> str:
    """The same for the link; "auto" if none was moved."""
    return "|".join(f"{unit}:{value:.4g}" for unit, value in sorted(sent.items())) or link.UNSET
