"""What a visitor of the Latent space page chooses: which code, which walk, which picture; and what the link says."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import streamlit as st

from core import autoencoders, ink, kernels, latent, samples
from pages.shared import cached, cached_codes, code_choices, components, gate, link
from pages.shared.components import pack
from pages.shared.shell import Hand

SPACES = {
    "plain, 2": "digits_2",
    "variational, 2": "digits_variational_2",
    "plain, 8": "digits_8",
    "plain, 32": "digits_32",
    "variational, 16": "digits_variational_16",
}
GROUNDS = {"nothing": "none", "decoded digits": "digits", "LeNet's certainty": "sure"}
HAND, DRAWN, PLACE = "hand", "drawn", "place"
DIGITS = [name for name in samples.SAMPLES if name.startswith("digit-")]
ENDS = {HAND: "the picture in hand", DRAWN: "my drawing", PLACE: "a place on the map"}
ENDS |= {name: f"a {name.removeprefix('digit-')}" for name in DIGITS}
LOOK = ("latent_at", "latent_share")  # what another walk forgets
FORGOTTEN = (*LOOK, "latent_from", "latent_to", "latent_pca")  # what another code forgets
Result = TypeVar("Result")


@dataclass(frozen=True)
class End:
    """Where a walk begins or ends."""

    title: str
    code: np.ndarray  # (D,)
    moved: bool  # a place that was chosen on the map


@dataclass(frozen=True)
class Shown:
    """Everything that decides what the page shows."""

    name: str  # of autoencoders.SPECS
    image: np.ndarray  # (1, 28, 28) the picture whose cloud is shown
    title: str  # of that picture
    ends: tuple[End, End]
    at: np.ndarray  # (D,) where the visitor is
    pca: np.ndarray  # (2,) and on PCA's map
    share: int  # percent of the walk
    ground: str  # a value of GROUNDS

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


def ask(function: Callable[..., Result], name: str, *arguments: object) -> Result:
    """function(network of that name, ...) where the heavy work is done."""
    return gate.through(function, cached_codes.autoencoder(name).model, *arguments)


def ask_both(function: Callable[..., Result], name: str, *arguments: object) -> Result:
    """The same for functions that have LeNet read what is decoded."""
    return ask(function, name, cached.network("lenet", True), *arguments)


# ---- what the visitor chooses -----------------------------------------------------------------


def choose(hand: Hand) -> Shown:
    """The controls, and where the link says that the visitor is."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        help = "How many numbers the code has; a variational encoder gives a cloud of codes instead of one."
        space = link.choose(
            st.segmented_control, "Code", list(SPACES), key="latent_on", begin=next(iter(SPACES)), forgets=FORGOTTEN,
            required=True, help=help,
        )  # fmt: skip
        name, ground = SPACES[space], "nothing"
        is_map = autoencoders.SPECS[name].code == 2
        if is_map:
            help = "Behind the test digits: what the decoder draws in each place, or how sure LeNet is of it."
            more = dict(key="latent_ground", begin="nothing", width=165, help=help)
            ground = link.choose(st.selectbox, "Behind the map", list(GROUNDS), **more)
        ends = _choose_ends(is_map)
        st.button(
            "Reset", icon=":material/restart_alt:", key="latent_reset", on_click=link.go, help="The first walk again.",
            disabled=not any(link.parts(key) for key in FORGOTTEN), kwargs=dict.fromkeys(FORGOTTEN, link.UNSET),
        )  # fmt: skip
    of = DRAWN if st.query_params.get("latent_of") == DRAWN else HAND
    if DRAWN in (of, *ends):
        _pad()
    walk = tuple(_end(hand, name, key, chosen) for key, chosen in zip(("latent_from", "latent_to"), ends, strict=True))
    at, pca = _numbers("latent_at", len(walk[0].code)), _numbers("latent_pca", 2)
    if pca is None:
        pca = _on_pca(hand, ends[0]) if is_map else np.zeros(2)
    return Shown(
        name, _image(hand, of), ENDS[of], walk, walk[0].code if at is None else at, pca,
        link.whole("latent_share", 0, 100, 0), GROUNDS[ground],
    )  # fmt: skip


def choose_picture() -> None:
    """Whose code, or cloud of codes, is shown."""
    help = "The picture whose code is shown here, and as a pink cross on the map."
    more = dict(key="latent_of", begin=HAND, required=True, format_func=ENDS.get, help=help)
    link.choose(st.segmented_control, "Encode", [HAND, DRAWN], **more)


def _choose_ends(is_map: bool) -> tuple[str, str]:
    known = [name for name in ENDS if is_map or name != PLACE]
    found = []
    for key, label, begin in (("latent_from", "Walk from A", "digit-3"), ("latent_to", "to B", "digit-0")):
        text = st.query_params.get(key, begin)
        place = is_map and _numbers(key, 2) is not None
        st.session_state[key] = PLACE if place else text if text in known and text != PLACE else begin
        help = "On the map A and B can be dragged, too."
        more = dict(format_func=ENDS.get, width=165, on_change=_chose_end, args=(key,), help=help)
        found.append(st.selectbox(label, known, key=key, **more))
    return tuple(found)


def _chose_end(key: str) -> None:
    """Another end, and the visitor at the beginning of that walk; a place on the map is where the frame is."""
    chosen, forgotten = st.session_state[key], [name for name in LOOK if name in st.query_params]
    if chosen == PLACE:
        link.go(**{key: st.query_params.get("latent_at") if _numbers("latent_at", 2) is not None else "0,0"})
    else:
        link.go(**{key: chosen}, **dict.fromkeys(forgotten, link.UNSET))


def _numbers(key: str, count: int) -> np.ndarray | None:
    """A code in the link; None if there is none that fits."""
    try:
        return kernels.from_text(st.query_params.get(key, ""), (count,))
    except ValueError:  # no numbers, or those of another code
        return None


def _image(hand: Hand, of: str) -> np.ndarray:
    if of == DRAWN:
        return ink.digit(code_choices.strokes())
    return cached_codes.digit(hand.photo if of == HAND else cached.sample(of))


def _end(hand: Hand, name: str, key: str, chosen: str) -> End:
    if chosen == PLACE:
        return End(ENDS[PLACE], _numbers(key, 2), True)
    return End(ENDS[chosen], ask(latent.code, name, _image(hand, chosen)), False)


def _on_pca(hand: Hand, chosen: str) -> np.ndarray:
    """Where PCA puts the picture at the beginning of the walk; a place of the other map has none there."""
    if chosen == PLACE:
        return np.zeros(2)
    _, (way_back,) = cached_codes.decoders("digits_2")
    return latent.projected(way_back, _image(hand, chosen))


def _pad() -> None:
    """Paper for the visitor's own digit; the drawing stands in the link."""
    strokes = code_choices.strokes()
    seen = np.round(ink.digit(strokes) * 255).astype(np.uint8) if strokes else np.empty(0, dtype=np.uint8)
    components.pad(pack(dict(strokes=strokes, ink=ink.as_text(strokes)), seen=seen), "latent_pad", _drew)


def _drew(sent: dict) -> None:
    link.go(ink=ink.as_text(sent["strokes"]) or link.UNSET)
