"""The Repair page: what is done to the picture, the drawing with brush and results, and what they come to."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core import images, repair_questions, repairs, rivals
from core.repairs import PRESETS, Damage, Judged, Stroke
from pages.shared import cached_codes, code_choices, components, link, predict, repair_words, tables, tell, words
from pages.shared.components import as_bytes, pack
from pages.shared.predict import Kind
from pages.shared.shell import Hand

PHOTO, DIGIT = "Whole photo", "As a digit"
NETWORKS = {PHOTO: "tiles_denoising", DIGIT: "digits_denoising"}
SLIDERS = {  # field -> label, first value, what it does
    "noise": ("Grain", 0.3, "Standard deviation of the normal noise that is added to each value."),
    "salt": ("Salt and pepper", 0.0, "This share of the pixels becomes black or white."),
    "blur": ("Blur", 0.0, "Each pixel becomes an average of its neighbours; at 1 the standard deviation is 3 pixels."),
    "squares": ("Missing squares", 0.0, "At 1, eight grey squares in each 32 × 32 pixels; in a digit, 7 wide."),
}
STROKES, SEED = "repair_wiped", "repair_seed"
PSNR, CLOSEST = "PSNR", "the closest"
HINT = "Wipe over the damaged picture with finger or mouse. Tap any other picture to look closer at all of them."


@dataclass(frozen=True)
class Shown:
    """A picture, what was done to it, and the repairs that are known so far."""

    key: str
    way: str  # PHOTO or DIGIT
    damage: Damage
    clean: np.ndarray  # (C, H, W)
    before: Judged
    network: Judged
    filters: tuple[Judged, ...]  # none yet while they are slow and nobody has waited
    limit: float  # PSNR of what the network makes of the clean picture; nan as long as there are no filters

    @property
    def all(self) -> tuple[Judged, ...]:
        return (self.before, self.network, *self.filters)

    @property
    def best(self) -> Judged:
        return min(self.all, key=lambda one: one.mse)


# ---- what is done to the picture --------------------------------------------------------------


def choose(hand: Hand) -> Shown | None:
    """The controls, and what comes of them; None if the photo cannot be used."""
    st.html(code_choices.HIDDEN)
    with hand.header:
        help = "**Whole photo**: 256 pixels long, in colour. **As a digit**: 28 × 28, white ink on black."
        more = dict(key="repair_on", begin=PHOTO, forgets=(STROKES,), required=True, help=help)
        way = link.choose(st.segmented_control, "Repair", [PHOTO, DIGIT], **more)
    damage = _damage()
    try:
        clean, before, network = cached_codes.repaired(hand.photo, NETWORKS[way], damage)
    except ValueError as error:
        st.error(f"This does not work: {error}.")
        return None
    key = f"{hand.photo.digest}/{way}/{damage}"
    # all filters take 0.01 s for a digit but 0.4 s for a photo: those wait until the visitor pauses
    now = way == DIGIT or st.session_state.get("repair-rested") == key or st.session_state.get("fold-repairs")
    filters = cached_codes.filtered(hand.photo, NETWORKS[way], damage) if now else ()
    limit = cached_codes.undamaged(hand.photo, NETWORKS[way]) if now else float("nan")
    return Shown(key, way, damage, clean, before, network, filters, limit)


def _damage() -> Damage:
    with st.container(horizontal=True, vertical_alignment="bottom", key="repair-controls"):
        found = {
            name: link.slide(label, 0.0, 1.0, 0.05, key=f"repair_{name}", begin=begin, help=help, width=165)
            for name, (label, begin, help) in SLIDERS.items()
        }
        seed, wiped = link.whole(SEED, 0, 9999, 0), _strokes()
        damage = Damage(**found, seed=seed, strokes=wiped)
        by_chance = damage.noise or damage.salt or damage.squares
        st.button(
            "Other noise", icon=":material/casino:", key="repair-other", disabled=not by_chance, on_click=link.go,
            kwargs={SEED: (seed + 1) % 10_000}, help="The same amount of damage, in other places.",
        )  # fmt: skip
        names = [SEED, STROKES, *(f"repair_{name}" for name in SLIDERS)]
        st.button(
            "Reset", icon=":material/restart_alt:", key="repair-reset", on_click=link.go,
            disabled=damage == Damage(noise=SLIDERS["noise"][1]), kwargs=dict.fromkeys(names, link.UNSET),
            help="Grain alone again.",
        )  # fmt: skip
    return damage


def _strokes() -> tuple[Stroke, ...]:
    strokes, problem = _of_link()
    if problem:
        st.warning(f"{words.plain(problem).capitalize()}.")
    return strokes


def _of_link() -> tuple[tuple[Stroke, ...], str]:
    """The strokes of the link, and what is wrong with them."""
    text = st.query_params.get(STROKES, link.UNSET)
    try:
        return (() if text == link.UNSET else repairs.from_text(text)), ""
    except ValueError as error:
        return (), str(error)


def _hear(event: str, sent: dict) -> None:
    """The brush, its undo, and a visitor who pauses: only now what is slow is computed."""
    if event == "rest":
        st.session_state["repair-rested"] = str(sent["about"])
        return
    before, _ = _of_link()  # not those that were drawn last: two strokes may come at once
    strokes = (*before, _stroke(sent)) if event == "wipe" else before[:-1]
    if sum(len(stroke.points) for stroke in strokes) > repairs.MOST_POINTS:
        st.session_state["repair-refused"] = True
        return
    link.go(**{STROKES: repairs.as_text(strokes) or link.UNSET})


def _stroke(sent: dict) -> Stroke:
    share = lambda at: min(max(float(at), 0.0), 1.0)  # noqa: E731
    return Stroke(share(sent["width"]), tuple((share(x), share(y)) for x, y in sent["points"]))


# ---- the drawing ------------------------------------------------------------------------------


def show(shown: Shown, kinds: dict[str, Kind]) -> None:
    """Clean and damaged picture, the network's repair and the filters', with how close each comes."""
    asked = predict.chosen(list(kinds))
    hidden = {asked} if predict.is_open(kinds[asked].about) else set()
    clean = dict(name="Clean", note=["what all others are compared with"], alt="The clean picture:", brush=False)
    panels = [clean, *(_panel(shown, one, hidden) for one in shown.all)]
    names = [] if shown.filters else [repair_words.titles(name) for name in rivals.FILTERS]
    panels += [dict(name=name, note=[], alt=f"{name}, not there yet.", brush=False) for name in names]
    _, height, width = shown.clean.shape
    said = ""
    if shown.filters and not hidden:
        said = repair_words.verdict(shown.all, shown.damage, shown.way == DIGIT, shown.limit)
    source, _, _ = shown.key.partition("/Damage")
    header = dict(
        **dict(key=shown.key, shows=f"{shown.key}/{len(shown.filters)}/{sorted(hidden)}", source=source),
        **dict(kind="digit" if shown.way == DIGIT else "photo", width=width, height=height, panels=panels, hint=HINT),
        **dict(strokes=len(shown.damage.strokes), waits=not shown.filters, said=said.replace("**", "")),
    )
    pictures = [shown.clean, *(one.picture for one in shown.all)]
    pack_one = _values if shown.way == DIGIT else _jpeg
    arrays = {f"picture{at}": pack_one(picture) for at, picture in enumerate(pictures)}
    components.repair(pack(header, **arrays), _hear)
    if st.session_state.pop("repair-refused", False):
        st.warning(f"The brush has room for {repairs.MOST_POINTS} points; undo a stroke first.")
    st.markdown(said or ("Answer the question to see the numbers." if hidden else "The filters follow in a moment."))


def _panel(shown: Shown, one: Judged, hidden: set[str]) -> dict:
    gain = repair_words.gained(one.psnr, shown.before.psnr)
    psnr = "PSNR ?" if hidden else f"PSNR {repair_words.decibels(one.psnr)}"
    if one is not shown.before and not hidden and np.isfinite(gain):
        psnr += f", {gain:+.1f} dB by it".replace("-", "−")
    lines = [psnr, f"SSIM {'?' if hidden else words.number(one.ssim)}"]
    lines.append(f"MSE {'?' if CLOSEST in hidden else words.number(one.mse)}")
    if one.setting is not None:
        lines.append(f"setting {one.setting:g}, best of those tried")
    best = one is shown.best and bool(shown.filters) and CLOSEST not in hidden
    brush = one is shown.before
    return dict(name=repair_words.titles(one.name), note=lines, best=best, brush=brush, alt=f"{one.name}:")


def _values(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture[0], np.float32)


def _jpeg(picture: np.ndarray) -> np.ndarray:
    """For the eye only: every number is of the picture before this."""
    pixels = np.round(picture.transpose(1, 2, 0) * 255).astype(np.uint8)
    return as_bytes(images.to_jpeg(Image.fromarray(pixels), quality=90))


def table(shown: Shown, hidden: bool) -> None:
    """Every repair as a row."""
    with tell.fold("All repairs as a table", "fold-repairs", hidden) as is_open:
        if not is_open:
            return
        rows = [
            (one.name, one.setting, one.mse, one.psnr, one.ssim, one.psnr - shown.before.psnr) for one in shown.all
        ]
        found = pd.DataFrame(rows, columns=["picture", "setting", "MSE", "PSNR, dB", "SSIM", "gain, dB"])
        st.dataframe(found.replace([np.inf, -np.inf], np.nan), hide_index=True, key="repairs")
        st.markdown(repair_words.FAIR)
        tables.save(found, "repairs", "save-repairs")


# ---- the question -----------------------------------------------------------------------------


def kinds(shown: Shown) -> dict[str, Kind]:
    """PSNR of the network's picture; and, once the filters are there, which picture is the closest."""
    plain = replace(shown.damage, seed=0, strokes=())
    now = next((name for name, preset in PRESETS.items() if preset == plain), "yours")
    places: Callable[[], list[str]] = lambda: list(PRESETS)  # noqa: E731
    psnr = partial(repair_questions.about_psnr, shown.network.mse)
    found = {PSNR: Kind(f"psnr/{shown.key}", psnr, PSNR, now, places, _go)}
    if shown.filters:
        ask = partial(repair_questions.about_winner, shown.all, repair_words.named(shown.damage))
        found[CLOSEST] = Kind(f"closest/{shown.key}", ask, CLOSEST, now, places, _go)
    return found


def _go(preset: str) -> None:
    """To one of the situations that are asked about."""
    found = {f"repair_{name}": value for name, value in repairs.settings(PRESETS[preset]).items()}
    link.go(**found, **{SEED: link.UNSET, STROKES: link.UNSET})


def is_asked(kinds: dict[str, Kind]) -> bool:
    """Is a question open whose answer the numbers would give away?"""
    return predict.is_open(kinds[predict.chosen(list(kinds))].about)

