"""The frame around every page: the picture in hand, the network in hand, and what all pages share."""
import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import autoencoders, images, samples, zoo
from pages.shared import boot, cached, cached_codes, components, drawings, link, photos, words
from pages.shared.photos import Photo

ABOUT = "Torchlight opens up a neural network while it looks at your picture. Your photos stay in memory."
LOGO = zoo.ASSETS / "logo.svg"
STYLE = f"<style>{(zoo.ASSETS / 'style.css').read_text(encoding='utf-8')}</style>"
WITHOUT_FRAME, WITHOUT_NETWORKS = (  # drawn all the same, so that nothing is forgotten
    f"<style>.st-key-{part} {{ display: none; }}</style>" for part in ("frame", "networks")
)


@dataclass(frozen=True)
class Hand:
    """What the visitor holds: it follows them from page to page."""

    photo: Photo
    chosen: cached.Situation
    header: DeltaGenerator  # beside the title; a page may put its own controls there
    has_picture: bool = True  # whether the page is about it
    has_network: bool = True

    @property
    def network(self) -> zoo.Network:
        return cached.network(self.chosen.network, self.chosen.trained)


def _warm_up() -> None:
    """Load all that visitors share, so that nobody waits for it."""
    shown = [cached.sample(name) for name in samples.SAMPLES]
    for name in zoo.SPECS:
        for trained in (True, False):
            cached.look(shown[0], cached.Situation(name, trained, "centre"), None)
        cached.layers(name)
    for name in autoencoders.SPECS:
        cached_codes.autoencoder(name)  # to trace a network while another runs would disturb that one
    cached.service()  # its processes start beside all else


def open_app(page: st.Page) -> None:
    """Draw the frame, then the page."""
    boot.once(_warm_up)
    state = st.session_state
    state.update(framed=True, arrived=state.get("page") not in (None, page.title), page=page.title)
    st.set_page_config(f"{page.title} · Torchlight", "🔦", layout="wide", menu_items={"About": ABOUT})
    st.logo(LOGO, size="large")
    st.html(STYLE)
    _translate_link(page)
    _take_in_photos()
    with st.container(key="frame"):
        above = st.container()
        _networks()  # first, since its box of pictures reads the link
        with above:
            _pictures()
    page.run()


def _translate_link(page: st.Page) -> None:
    """A link may call a network as the commands do; its widget reads the title. What no widget can read is dropped."""
    address = st.query_params
    written = {"map": f"[0-9]{{1,6}}|{link.UNSET}"}  # how a value has to be written; not at all is wrong everywhere
    nonsense = [name for name in address if not re.fullmatch(written.get(name, ".+"), address[name], re.DOTALL)]
    kept = {name: address[name] for name in address if name not in nonsense}
    known = kept.get("network") in zoo.SPECS
    if known:
        kept["network"] = zoo.SPECS[kept["network"]].title
    if known or nonsense:
        link.travel(page, kept)


def open_page(title: str, lead: str, picture: bool = True, network: bool = True) -> Hand:
    """First line of every page: its title and what the visitor holds; what does not matter of the frame is hidden."""
    if not st.session_state.get("framed"):  # the very first request after a start may come here without app.py
        pages = Path(__file__).parents[1].glob("*.py")
        st.navigation([st.Page(lambda: None, title=title), *pages], position="hidden")  # so that the address is known
        st.rerun()
    link.come_back(title)
    if not picture:
        st.html(WITHOUT_FRAME)
    elif not network:
        st.html(WITHOUT_NETWORKS)
    header = st.container(horizontal=True, vertical_alignment="bottom", key="header")
    with header.container(width="stretch", gap=None):
        st.title(title, anchor=False)
        st.markdown(lead)
    return hand(header, picture, picture and network)


def hand(header: DeltaGenerator, picture: bool = True, network: bool = True) -> Hand:
    """The picture and the network in hand, and whether the page is about them."""
    state = st.session_state
    chosen = cached.Situation(state["network"], state["training"] == "trained", state["fit"])
    return Hand(_photo(), chosen, header, picture, network)


def _photo() -> Photo:
    """The visitor's own photo if one is in hand, else the built-in picture."""
    own = {photo.id: photo for photo in photos.mine()}
    found = own.get(st.session_state.get("photo"))
    return found or cached.sample(st.session_state["picture"])


# ---- the picture ------------------------------------------------------------------------------


def _take_in_photos() -> None:
    """Photos that have just been uploaded or taken; what can't be read is named and the others go on."""
    state = st.session_state
    turn, place = state.setdefault("upload_turn", 0), st.container(key="reading")  # always there: nothing below moves
    files = [*state.get(f"upload-{turn}", []), *filter(None, [state.get(f"camera-{turn}")])]
    if not files:
        return
    problems, bar = [], place.progress(0.0) if len(files) > 1 else None
    for at, file in enumerate(files):
        if bar:
            bar.progress(at / len(files), f"Reading photo {at + 1} of {len(files)}")
        name = "Photo from the camera" if file.name.startswith("camera-input-") else file.name
        try:
            photos.add(name, file.getvalue())
        except images.ImageError as error:
            problems.append((name, str(error)))
    if bar:
        bar.empty()
    if len(files) - len(problems) > 1:
        st.toast(f"{len(files) - len(problems)} photos added. Classify compares them in a table.")
    _let_go(files)
    state.update(problems=problems, removed=None, upload_turn=turn + 1)  # a fresh uploader


def _let_go(files: list[UploadedFile]) -> None:
    """Streamlit would keep the files until the visit ends; we have what we need of them."""
    visit = get_script_run_ctx()
    if isinstance(visit.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            visit.uploaded_file_mgr.remove_file(visit.session_id, file.file_id)


def _pictures() -> None:
    turn = st.session_state["upload_turn"]
    with st.container(horizontal=True, vertical_alignment="center", key="pictures"):
        with st.popover("**Add photos**", icon=":material/add_photo_alternate:"):
            _add_photos(turn)
        with st.container(width="stretch"):
            shown = [*photos.mine(), *map(cached.sample, samples.SAMPLES)]
            held = components.filmstrip(drawings.filmstrip(shown, _photo().id), _pick, _drop)
    with st.container(key="report"):
        _report(held)


def _add_photos(turn: int) -> None:
    st.file_uploader(
        "Upload photos",
        accept_multiple_files=True,
        key=f"upload-{turn}",
        help="JPEG, PNG, WebP, HEIC, AVIF, GIF, BMP or TIFF. They stay in this computer's memory, for your visit only.",
    )
    camera = "Your browser asks you first; many allow it only on https and on the server's own computer."
    if st.toggle("Use the camera", key=f"use-camera-{turn}", help=camera):
        st.camera_input("Take a photo", key=f"camera-{turn}", width=300)


def _pick(sent: dict) -> None:
    id = sent.get("id")
    if id in samples.SAMPLES:
        st.session_state.update(picture=id, photo=None)
    else:
        st.session_state["photo"] = id


def _drop(sent: dict) -> None:
    st.session_state["removed"] = photos.remove(sent.get("id"))


def _report(held: int) -> None:
    """What went wrong with the last upload, and the way back from a removal."""
    state = st.session_state
    if problems := state.get("problems"):
        with st.container(horizontal=True, vertical_alignment="center", key="problems"):
            st.error("\n\n".join(words.in_groups(problems)))
            st.button("Close", on_click=lambda: state.update(problems=[]), key="close-problems")
    if removed := state.get("removed"):
        with st.container(horizontal=True, vertical_alignment="center", key="removed-photo"):
            st.info(f"**{words.plain(removed.photo.title)}** is removed.")
            st.button("Undo", on_click=_undo, args=(removed,), key="undo")
            st.button("Close", on_click=lambda: state.update(removed=None), key="close-removed")
    if held and "photos_seen" not in state:
        state["photos_lost"] = True  # kept, since the browser forgets them as soon as the strip is drawn without them
    if state.get("photos_lost") and "photos_seen" not in state:
        st.warning("The server was restarted, and your photos were only in its memory. Please add them again.")


def _undo(removed: photos.Removed) -> None:
    photos.put_back(removed)
    st.session_state["removed"] = None


# ---- the network ------------------------------------------------------------------------------


def _networks() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="networks"):
        st.segmented_control(
            "Network",
            list(zoo.SPECS),
            default=next(iter(zoo.SPECS)),
            required=True,
            key="network",
            bind="query-params",
            format_func=lambda name: zoo.SPECS[name].title,
            help=" \n".join(f"**{spec.title}** knows {spec.about}." for spec in zoo.SPECS.values()),
        )
        st.segmented_control(
            "Training",
            ["trained", "untrained"],
            default="trained",
            required=True,
            key="training",
            bind="query-params",
            help="Untrained, the weights are random numbers (always the same ones, from a seed).",
        )
        st.selectbox(
            "Built-in picture",
            list(samples.SAMPLES),
            key="picture",
            bind="query-params",
            width=150,
            on_change=lambda: st.session_state.update(photo=None),
            help="Real photos that come with scikit-image and scikit-learn; the same as in the row above.",
        )
        st.segmented_control(
            "What it gets",
            list(images.FITS),
            default="centre",
            required=True,
            key="fit",
            bind="query-params",
            help="A network sees a small square. **centre** is the crop it was tested with, **square** is all that "
            "fits into a square, **whole** is the whole photo, padded.",
        )
