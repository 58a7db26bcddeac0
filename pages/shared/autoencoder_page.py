"""The Autoencoder page: input, code, output and error in one row, drawn again while a code or a drawing changes."""
import numpy as np
import pandas as pd
import streamlit as st

from core import bottleneck, drawing, ink
from core.bottleneck import Passage
from core.drawing import Stroke
from pages.shared import (
    autoencoder_photo,
    autoencoder_quiz,
    cached_codes,
    code_choices,
    code_view,
    components,
    gate,
    link,
    tables,
    words,
)
from pages.shared.code_choices import DRAWN, Chosen
from pages.shared.code_view import Shown
from pages.shared.components import pack
from pages.shared.shell import Hand
from pages.shared.tell import fold

LIVE, SETTLED, TURN = "ae_live", "ae_settled", "ae_turn_count"


def begin(hand: Hand) -> Shown:
    """The controls, and the picture through the network as the link says."""
    chosen = code_choices.choose(hand)
    if chosen.tiled:
        return autoencoder_photo.begin(chosen)
    return of_digit(chosen, code_choices.strokes(), code_choices.moves(chosen.spec.code))


def of_digit(chosen: Chosen, strokes: tuple[Stroke, ...], moves: dict[int, float]) -> Shown:
    """A picture of 28 x 28 through the network; the strokes are those of the pad."""
    net, image = cached_codes.autoencoder(chosen.name), code_choices.image(chosen, strokes)
    passage = gate.through(bottleneck.through, net, image)
    if not moves:
        return Shown(chosen, passage, strokes)
    known = code_choices.within(moves, code_choices.reach(chosen.kind, passage.own))
    return Shown(chosen, gate.through(bottleneck.through, net, image, known), strokes, own_mse=passage.mse)


def row(shown: Shown, hidden: set[str]) -> None:
    """The drawing; only this part of the page runs again while something is dragged."""
    st.fragment(_row)(shown, hidden)


def _row(shown: Shown, hidden: set[str]) -> None:
    if st.session_state.pop(SETTLED, False):
        st.rerun()
    live = st.session_state.pop(LIVE, None)
    if shown.chosen.tiled:
        data = autoencoder_photo.message(shown, live, hidden, _turn())
    else:
        data = _message(_followed(shown, live) if live else shown, hidden)
    components.autoencoder(data, lambda event, sent: _hear(shown, event, sent))


def _followed(shown: Shown, live: dict) -> Shown:
    """While something is dragged: with the strokes or the code as they are under the finger."""
    if "strokes" in live:
        return of_digit(shown.chosen, live["strokes"], {})
    return of_digit(shown.chosen, shown.strokes, live["moved"])


def _turn() -> int:
    return st.session_state.get(TURN, 0)


def _hear(shown: Shown, event: str, sent: dict) -> None:
    """What was drawn or dragged; the link has it when the finger is lifted, and the rest of the page follows then."""
    st.session_state[TURN] = int(sent["turn"])
    if event == "tile":
        link.go(ae_tile=int(sent["index"]), **code_choices.without_moves())
    elif "strokes" in sent:
        strokes = drawing.read(sent["strokes"])
        if event == "live":
            st.session_state[LIVE] = {"strokes": strokes}
            return
        link.go(ink=ink.as_text(strokes) or link.UNSET, moved=link.UNSET)
    else:
        count = len(shown.passage.own)
        moves = {int(unit): float(value) for unit, value in sent["moved"].items() if int(unit) < count}
        if event == "live":
            st.session_state[LIVE] = {"moved": moves}
            return
        link.go(moved=code_choices.moves_as_text(moves))
    st.session_state[SETTLED] = True


def explain(shown: Shown, hidden: set[str]) -> None:
    """How much was kept and lost in today's numbers, and the numbers as tables."""
    passage, whole = shown.passage, shown.whole
    size, kept = shown.counts
    mse, psnr, _ = shown.scores if whole else code_view.scores_of(passage)
    counted = "" if autoencoder_quiz.SHARE in hidden else f": one number for every {words.number(size / kept)}"
    if kept >= size:
        counted = f", as many; but only **{np.count_nonzero(passage.code)}** of these are not 0"
    made = "" if code_view.PSNR in hidden else f", so PSNR = −10 · log₁₀({words.number(mse)}) = {psnr:.1f} dB"
    image, output = (whole.photo.numpy(), whole.rebuilt.numpy()) if whole else (passage.image, passage.output)
    if not (image.any() or whole):
        drawn = "Nothing is drawn yet" if shown.chosen.source == DRAWN else "No ink is found in this picture"
        st.markdown(f"**{drawn}**: these are the numbers of an empty page.")
    moved = ""
    if shown.own_mse is not None:
        moved = f" That is with the code as you moved it; with its own code it would be {words.number(shown.own_mse)}."
    wrong = int((np.round(image * 255) != np.round(output * 255)).sum())
    st.markdown(
        f"**{size:,}** numbers went in, **{kept:,}** were kept{counted}. What comes out is not the same: the mean of "
        f"all squared errors is {words.number(mse)}{made}.{moved} An autoencoder is **lossy**: to the nearest of 256 "
        f"shades, **{wrong:,}** of the {size:,} numbers are wrong."
    )
    with fold("The numbers", "fold-units") as is_open:
        if is_open:
            _tables(passage, f"of tile {shown.tile + 1}" if whole else "")


def _tables(passage: Passage, which: str) -> None:
    st.markdown(f"The code {which}, as the encoder gives it and as it is decoded, with what you have moved:")
    code = pd.DataFrame({"unit": range(len(passage.own)), "encoded": passage.own, "decoded": passage.code})
    st.dataframe(code, hide_index=True, height=260, key="code-table")
    tables.save(code, "code", "save-code")
    colour = "" if len(passage.error) == 1 else ", red"
    st.markdown(f"Output less input, rows and columns as in the picture{colour}:")
    tables.cells(passage.error[0], "error")


# ---- what the browser is sent -----------------------------------------------------------------


def _message(shown: Shown, hidden: set[str]) -> bytes:
    """All of a picture of 28 x 28."""
    passage, chosen = shown.passage, shown.chosen
    code, arrays = code_view.of_code(chosen, passage)
    (rows, columns), size = passage.image.shape[1:], passage.image.size
    off = np.abs(passage.error)
    told = code_view.told(code_view.scores_of(passage), hidden)
    share = "" if autoencoder_quiz.SHARE in hidden else f", {words.percent(passage.kept)} of them"
    if passage.kept >= 1:
        share = f", {np.count_nonzero(passage.code)} of them not 0"
    header = dict(
        **dict(key=chosen.key, shows=shown.about, turn=_turn(), pad=chosen.source == DRAWN, strokes=shown.strokes),
        **dict(rows=rows, columns=columns, most=float(off.max()) or 1.0, signed=True),
        errorWords="too dark … too bright",
        titles={
            "pad": ["Draw", "with finger, mouse or keys"],
            "input": ["Input", f"{rows} × {columns} = {size} numbers"],
            "code": ["Code", f"{len(passage.code)} numbers{share}"],
            "output": ["Output", f"{size} numbers again"],
            "error": ["Error", "output − input"],
        },
        below={
            "input": chosen.title,
            "output": told,
            "error": f"off by {words.number(off.mean())} on average, at most {words.number(off.max())}",
        },
        alts={
            "input": f"{chosen.title} as the network gets it. Arrow keys read its cells.",
            "output": f"What the network makes of the code: {told}.",
            "error": f"Output less input, at most {words.number(off.max())}.",
        },
        **code,
    )
    pictures = dict(input=passage.image[0].astype(np.float32), output=passage.output[0].astype(np.float32))
    return pack(header, **arrays, **pictures)
