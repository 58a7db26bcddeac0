"""What a visitor of the Latent space page chooses: which code, which walk, which picture."""
import numpy as np
import streamlit as st

from core import autoencoders, drawing, ink, samples
from pages.shared import code_choices, components, latent_page, latent_place, link
from pages.shared.components import pack
from pages.shared.latent_place import DIGITS, DRAWN, ENDS, FROM_TO, HAND, PLACE, SPACES, Shown
from pages.shared.shell import Hand

GROUNDS = {"nothing": "none", "decoded digits": "digits", "LeNet's certainty": "sure"}
FIRST = {True: ("digit-0", "digit-6"), False: ("digit-3", "digit-8")}  # the first walk on a map, and without one
LOOK = ("latent_at", "latent_share", "latent_pca")  # what another walk forgets
FORGOTTEN = (*LOOK, *FROM_TO)  # what another code forgets
FRAME = "latent-frame"  # where the visitor is, as the link would have it


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
        chosen = _choose_ends(is_map)
        st.button(
            "Reset", icon=":material/restart_alt:", key="latent_reset", on_click=link.go, help="The first walk again.",
            disabled=not any(link.parts(key) for key in FORGOTTEN), kwargs=dict.fromkeys(FORGOTTEN, link.UNSET),
        )  # fmt: skip
    of = DRAWN if st.query_params.get("latent_of") == DRAWN else HAND
    if DRAWN in (of, *chosen):
        _pad()
    shown = latent_place.placed(hand, name, of, chosen, GROUNDS[ground])
    st.session_state[FRAME] = latent_page.text(shown.at)
    return shown


def choose_picture() -> None:
    """Whose code, or cloud of codes, is shown."""
    help = "The picture whose code is shown here, and as a pink cross on the map."
    more = dict(key="latent_of", begin=HAND, required=True, format_func=ENDS.get, help=help)
    link.choose(st.segmented_control, "Encode", [HAND, DRAWN], **more)


def _choose_ends(is_map: bool) -> tuple[str, str]:
    known = [name for name in ENDS if is_map or (name != PLACE and (name not in DIGITS or name in samples.SAMPLES))]
    digits = "the test digit in the middle of all of its kind" if is_map else "the one in the row at the top"
    found = []
    for key, label, begin in zip(FROM_TO, ("Walk from A", "to B"), FIRST[is_map], strict=True):
        text = st.query_params.get(key, begin)
        place = is_map and latent_place.numbers(key, 2) is not None
        st.session_state[key] = PLACE if place else text if text in known and text != PLACE else begin
        help = f"A digit is {digits}." + (" On the map A and B can be dragged, too." if is_map else "")
        more = dict(format_func=ENDS.get, width=165, on_change=_chose_end, args=(key,), help=help)
        found.append(st.selectbox(label, known, key=key, **more))
    return tuple(found)


def _chose_end(key: str) -> None:
    """Another end, and the visitor at the beginning of that walk; a place on the map is where the frame is."""
    chosen, forgotten = st.session_state[key], [name for name in LOOK if name in st.query_params]
    if chosen == PLACE:
        frame = st.session_state[FRAME]
        link.go(**{key: frame, "latent_at": frame})
    else:
        link.go(**{key: chosen}, **dict.fromkeys(forgotten, link.UNSET))


def _pad() -> None:
    """Paper for the visitor's own digit; the drawing stands in the link."""
    strokes = code_choices.strokes()
    seen = np.round(ink.digit(strokes) * 255).astype(np.uint8) if strokes else np.empty(0, dtype=np.uint8)
    components.pad(pack(dict(strokes=strokes, ink=ink.as_text(strokes)), seen=seen), "latent_pad", _drew)


def _drew(sent: dict) -> None:
    link.go(ink=ink.as_text(drawing.read(sent["strokes"])) or link.UNSET)
