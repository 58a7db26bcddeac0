"""The network beside PCA and JPEG, computed when it is opened: pictures, a table, and honestly why who wins."""
import numpy as np
import pandas as pd
import streamlit as st

from core import rivalry, strange
from core.rivalry import Entry
from pages.shared import cached_codes, components, gate, panels, tables, words
from pages.shared.code_view import Shown
from pages.shared.tell import fold

OURS, _, PCA, JPEG = range(4)
FORMATS = {
    name: st.column_config.NumberColumn(format=shown)
    for name, shown in {"bytes": "localized", "MSE": "%.5f", "PSNR (dB)": "%.1f"}.items()
}


def entries(shown: Shown) -> list[Entry]:
    """The network, the network in bytes, PCA and JPEG on the picture at hand, by its own code."""
    chosen = shown.chosen
    if chosen.tiled:
        return cached_codes.photo_beside(chosen.photo, chosen.name)
    net, basis = cached_codes.autoencoder(chosen.name), cached_codes.components(chosen.spec.dataset)
    return gate.through(rivalry.of_digit, net, shown.passage.image, basis)


def show(shown: Shown, hidden: bool) -> None:
    """Three pictures side by side, the table and the reasons; nothing while it is being asked for."""
    st.subheader("Beside PCA and JPEG", anchor=False)
    with fold("The same picture in as many numbers, and in as many bytes", "fold-beside") as is_open:
        if is_open and hidden:
            st.info("Answer the question first: this part would give it away.")
        elif is_open:
            _compare(shown, entries(shown))


def _compare(shown: Shown, found: list[Entry]) -> None:
    (_photos if shown.chosen.tiled else _cells)(shown, found)
    st.markdown(f"{_about_pca(shown, found)} {_about_jpeg(shown, found)}")
    table = pd.DataFrame(
        {
            "way": [entry.name for entry in found],
            "numbers kept": [entry.numbers or None for entry in found],
            "bytes": [entry.bytes for entry in found],
            "MSE": [entry.mse for entry in found],
            "PSNR (dB)": [entry.psnr for entry in found],
            "SSIM": [entry.ssim for entry in found],
        }
    )
    kept = [f"{entry.numbers:,}" if entry.numbers else "not counted" for entry in found]
    st.dataframe(table.assign(**{"numbers kept": kept}), hide_index=True, key="beside", column_config=FORMATS)
    tables.save(table, "beside", "save-beside")


def _cells(shown: Shown, found: list[Entry]) -> None:
    image = shown.passage.image[0]
    groups = [panels.group("The picture", f"{image.size} numbers", [_grey(image, "Input")])]
    for entry in (found[OURS], found[PCA], found[JPEG]):
        kept = f"{entry.numbers} numbers" if entry.numbers else f"{entry.bytes} bytes"
        errors = panels.grid(
            entry.picture[0] - image, "Error", "", True, "output − input", f"Error of {entry.name}, output less input."
        )  # fmt: skip
        note = f"{kept}, PSNR {entry.psnr:.1f} dB"
        name = entry.name[0].upper() + entry.name[1:]
        groups.append(panels.group(name, note, [_grey(entry.picture[0], "Output"), errors]))
    hint = "Point at a cell to read it in all of them."
    data = panels.data(groups, f"{shown.about}/beside", image.shape, hint, widest=150)
    components.panels(data, "beside-panels", lambda _: None)


def _grey(values: np.ndarray, name: str) -> dict:
    panel = panels.grid(values, name, "", False, "0 black, 1 white", f"{name}, {words.times(values.shape)} cells.")
    return panel | {"domain": {"scale": "grey", "low": 0, "high": 1}}


def _photos(shown: Shown, found: list[Entry]) -> None:
    for column, entry in zip(st.columns(3), (found[OURS], found[PCA], found[JPEG]), strict=True):
        with column:
            kept = f"{entry.numbers:,} numbers" if entry.numbers else f"{entry.bytes:,} bytes"
            picture = np.round(entry.picture.transpose(1, 2, 0) * 255).astype(np.uint8)
            told = f"{entry.name}: {kept}, PSNR {entry.psnr:.1f} dB, SSIM {entry.ssim:.3f}"
            st.image(picture, caption=told, alt=f"The photo as kept by {told}", width="stretch")


def _about_pca(shown: Shown, found: list[Entry]) -> str:
    """Who is nearer to the picture, and why."""
    ours, pca, chosen = found[OURS], found[PCA], shown.chosen
    errors = f"mean squared error **{words.number(ours.mse)}**, PCA's is **{words.number(pca.mse)}**"
    fewer = "" if pca.numbers == ours.numbers else f" (with {pca.numbers} numbers, all that are stored here)"
    told = f"The network's {errors}{fewer}."
    if max(ours.mse, pca.mse) < 1.02 * min(ours.mse, pca.mse):
        began = " It began as PCA, and training found little to add." if chosen.tiled else ""
        return f"{told} That is about the same.{began}"
    if ours.mse < pca.mse:
        return f"{told} PCA can only add and subtract fixed pictures; the network bends, so the same numbers say more."
    if chosen.tiled:
        return (
            f"{told} For tiles PCA is the best of all straight ways, and with {chosen.spec.code} numbers a tile there "
            f"is little left that bending could add."
        )
    beyond = strange.below(cached_codes.on_test_digits(chosen.name)["errors"], ours.mse)
    if beyond > 0.9:
        return (
            f"{told} This picture is unlike the digits that the network learned: it does worse here than on "
            f"{words.percent(beyond)} of its test digits. (The built-in digits are 8 × 8 cells, enlarged, so softer "
            "than any pen.) PCA knows less about digits, which helps with strangers."
        )
    return f"{told} {WHY.get(chosen.kind, DRAWS)}"


DRAWS = (
    "The network redraws what it takes for strokes of a pen, as crisp as those it learned from; where this picture is "
    "softer or goes another way, it is wrong. PCA expects nothing and keeps what it finds."
)

WHY = {
    "contractive": "Its training paid for a code that hardly reacts to the pixels; details are the price.",
    "sparse": "Its training paid for a code that is nearly all zeros; details are the price.",
    "variational": "Its training paid for a code like a cloud, from which new digits can be drawn; details are the "
    "price.",
    "denoising": "It learned to take grain away, and takes some fine detail with it.",
}


def _about_jpeg(shown: Shown, found: list[Entry]) -> str:
    _, ours, _, jpeg = found
    ends = "each unit's lowest and highest value" if shown.chosen.tiled else "the lowest and highest of them"
    room = f"With a byte for each of {ours.numbers:,} numbers, and {ours.bytes - ours.numbers} for {ends}, "
    room += f"the code takes **{ours.bytes:,} bytes**"
    if jpeg.bytes > ours.bytes:
        return (
            f"{room}. JPEG can't go so low: its smallest file has {jpeg.bytes:,} bytes, nearly all of them the tables "
            f"that every JPEG brings along. The network's decoder is not in the file either: both sides have it."
        )
    better = "better" if jpeg.mse < ours.mse else "worse"
    told = f"{room}; JPEG in {jpeg.bytes:,} bytes is **{better}**: {jpeg.psnr:.1f} against {ours.psnr:.1f} dB."
    if better == "worse" or not shown.chosen.tiled:
        return told
    stride, side = shown.whole.grid.stride, shown.whole.grid.side
    return (
        f"{told} It spends its bytes where the photo has detail and packs what repeats; here each tile gets the same "
        f"{shown.chosen.spec.code} numbers, be it sky or fur, and tiles overlap, which costs "
        f"{(side / stride) ** 2:.1f} times as many."
    )
