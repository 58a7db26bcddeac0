"""The Six side by side page: one picture through every kind, two similar pictures, the question and the table."""
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core import autoencoders, ink, kind_questions, side_by_side
from core.drawing import Stroke
from core.numerals import shown as number
from core.side_by_side import FREE, NEIGHBOURS, SIX, Pair, Passage
from pages.shared import cached_codes, code_choices, components, gate, link, predict, six_words, tables, tell, words
from pages.shared.components import pack
from pages.shared.predict import Kind
from pages.shared.shell import Hand

HAND, DRAWN = "picture in hand", "draw one"
INK, SEED = "six_ink", "six_seed"
UNITS = {"contractive": "six_contractive", "variational": "six_variational"}  # kind -> its chosen unit in the link
KL, JACOBIAN = "KL divergence", "Jacobian"
ASKED = {"variational": KL, "contractive": JACOBIAN}


@dataclass(frozen=True)
class Shown:
    """A picture, how it went through every kind, and the unit that is looked at."""

    key: str
    image: np.ndarray  # (1, 28, 28)
    strokes: tuple[Stroke, ...] | None  # None: it is not drawn here
    seed: int
    found: dict[str, Passage]  # kind -> passage
    units: dict[str, int]


def choose(hand: Hand) -> Shown:
    """The controls, and the picture through all six."""
    st.html(code_choices.HIDDEN)
    with hand.header:
        help = "The picture of the row above as a digit, 28 × 28, white ink on black; or one that you draw."
        more = dict(key="six_on", begin=HAND, required=True, help=help)
        source = link.choose(st.segmented_control, "Picture", [HAND, DRAWN], **more)
        help = "Standard deviation of the grain that is put on the picture for the denoising one only."
        noise = link.slide("Grain for denoising", 0.0, 1.0, 0.05, key="six_noise", begin=0.5, help=help, width=190)
        seed = link.count("Seed", 0, 999, key=SEED, begin=0, width=100, help="Another seed makes other grain.")
    strokes = _strokes() if source == DRAWN else None
    image = cached_codes.digit(hand.photo) if strokes is None else ink.digit(strokes)
    models = {kind: cached_codes.autoencoder(name).model for kind, name in SIX.items()}
    found = gate.through(_through, models, image, noise, seed)
    units = {
        kind: link.index(name, len(found[kind].parts), int(found[kind].parts.argmax())) for kind, name in UNITS.items()
    }
    if strokes is None and not hand.photo.id.startswith("digit-"):
        st.markdown("These networks have only ever seen digits: choose one above, draw one, or see how they fail.")
    if not image.any():
        st.markdown("**Nothing is drawn yet**: draw a digit. Until then these are the numbers of an empty page.")
    picture = hand.photo.digest if strokes is None else ink.as_text(strokes)
    return Shown(f"{source}/{picture}/{noise}/{seed}", image, strokes, seed, found, units)


def _through(models: dict, image: np.ndarray, noise: float, seed: int) -> dict[str, Passage]:
    return {kind: side_by_side.passage(SIX[kind], model, image, noise, seed) for kind, model in models.items()}


def _strokes() -> tuple[Stroke, ...]:
    text = st.query_params.get(INK, "")
    try:
        return () if text == link.UNSET else ink.from_text(text)
    except ValueError as error:
        st.warning(f"{words.plain(str(error)).capitalize()}.")
        return ()


def _hear(event: str, sent: dict) -> None:
    if event == "draw":
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in sent["strokes"] if stroke]
        link.go(**{INK: ink.as_text(strokes) or link.UNSET})
    elif sent["card"] in UNITS:
        link.go(**{UNITS[sent["card"]]: int(sent["unit"])})


# ---- the cards --------------------------------------------------------------------------------


def show(shown: Shown, kinds: dict[str, Kind]) -> None:
    """A card for each kind: what went in and came out, its code, and its own number."""
    hidden = asked(kinds)
    cards, arrays = [], {}
    for at, (kind, found) in enumerate(shown.found.items()):
        own = six_words.own(found, shown.units.get(kind, 0), hidden == ASKED.get(kind, ""), shown.found)
        error = np.abs(found.rebuilt - found.clean)
        pictures = [("damaged" if kind == "denoising" else "in", found.given), ("out", found.rebuilt)]
        drawn = [_picture(label, "grey", 1.0) for label, _ in pictures] + [_picture("error 0–1", "magnitude", 1.0)]
        for which, values in enumerate([*(values for _, values in pictures), error]):
            arrays[f"picture{at}_{which}"] = _floats(values)
        arrays |= {f"code{at}_0": _floats(found.code), f"bars{at}": own.values}
        cards.append(
            dict(
                **dict(id=kind, title=f"{kind.capitalize()}, code {len(found.code)}", pictures=drawn),
                about=f"{autoencoders.KINDS[kind][0].upper()}{autoencoders.KINDS[kind][1:]}.",
                lines=[f"MSE {number(found.mse)}", f"PSNR {found.psnr:.1f} dB, SSIM {number(found.ssim)}"],
                codes=[_code("Its code", found.code)],
                own=_own(own, opens=kind in UNITS),
            )
        )
    header = dict(shows=f"{shown.key}/{shown.units}/{hidden}", cards=cards, pad=shown.strokes is not None)
    components.six(pack(header | dict(strokes=shown.strokes or ()), **arrays), "six", _hear)


def _own(own: six_words.Own, opens: bool) -> dict:
    about = dict(title=own.title, lines=own.lines, names=own.names, unit=own.unit, chosen=own.chosen, log=own.log)
    return about | dict(hint=own.hint or "Point at a bar to read it.", opens=opens)


def _picture(label: str, scale: str, high: float) -> dict:
    return dict(label=label, scale=scale, high=high)


def _code(label: str, values: np.ndarray) -> dict:
    return dict(label=label, low=float(values.min()), high=float(values.max()))


def _floats(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, np.float32).ravel()


# ---- two similar pictures ---------------------------------------------------------------------


def pairs(shown: Shown) -> dict[str, Pair]:
    """The picture and a similar one through each encoder, and through the contractive one's twin."""
    st.subheader("Two similar pictures: how far apart are their codes?", anchor=False)
    help = "How the second picture differs from the first."
    more = dict(key="six_pair", begin=next(iter(NEIGHBOURS)), required=True, help=help)
    way = link.choose(st.pills, "The other picture", list(NEIGHBOURS), **more)
    other = NEIGHBOURS[way](shown.image, shown.seed)
    names = {**SIX, "the same without the penalty": FREE}
    models = {kind: cached_codes.autoencoder(name).model for kind, name in names.items()}
    found = gate.through(_pairs, models, shown.image, other)
    one, twin = found["contractive"], found["the same without the penalty"]
    moves = [np.abs(pair.codes[1] - pair.codes[0]).astype(float) for pair in (one, twin)]
    most = max(float(np.max(moves)), 1e-12)  # one scale for both, so that their bars can be compared
    cards = [
        _pair_card("contractive", "Contractive", one, most),
        _pair_card("free", "The same without the penalty", twin, most),
    ]
    arrays = {}
    for at, (pair, change) in enumerate(zip((one, twin), moves, strict=True)):
        for which, values in enumerate((shown.image, other, np.abs(other - shown.image))):
            arrays[f"picture{at}_{which}"] = _floats(values)
        arrays |= {f"code{at}_{which}": _floats(pair.codes[which]) for which in range(2)}
        arrays[f"bars{at}"] = change
    header = dict(shows=f"{shown.key}/{way}", cards=cards, pad=False, strokes=())
    components.six(pack(header, **arrays), "six_pairs", lambda event, sent: None)
    st.markdown(six_words.apart(one.ratio, twin.ratio))
    return found


def _pairs(models: dict, one: np.ndarray, other: np.ndarray) -> dict[str, Pair]:
    return {kind: side_by_side.pair(model, one, other) for kind, model in models.items()}


def _pair_card(id: str, title: str, pair: Pair, most: float) -> dict:
    lines = [
        f"√ Σ (x − x′)² = {number(pair.pictures_apart)} between the pictures",
        f"√ Σ (h − h′)² = {number(pair.codes_apart)} between the codes",
        f"{number(pair.codes_apart)} / {number(pair.pictures_apart)} = {number(pair.ratio)}",
    ]
    names = [f"unit {at}" for at in range(pair.codes.shape[1])]
    own = _own(six_words.Own("How far each unit moves", [], names, np.empty(0)), opens=False)
    return dict(
        **dict(id=id, title=title, about="", lines=lines, own=own | dict(most=most)),
        pictures=[_picture(label, "grey", 1.0) for label in ("one", "the other")]
        + [_picture("apart 0–1", "magnitude", 1.0)],
        codes=[_code("The code of one", pair.codes[0]), _code("The code of the other", pair.codes[1])],
    )


# ---- the question and the table ---------------------------------------------------------------


def kinds(shown: Shown) -> dict[str, Kind]:
    """What one unit adds: to the divergence of the variational one, to the Jacobian of the contractive one."""
    ask = {
        KL: ("variational", kind_questions.about_divergence, ("mean", "variance")),
        JACOBIAN: ("contractive", kind_questions.about_jacobian, ("h", "weights")),
    }
    found = {}
    for title, (kind, question, names) in ask.items():
        passage, unit = shown.found[kind], shown.units[kind]
        numbers = [float(passage.terms[name][unit]) for name in names]
        ways = range(len(passage.parts))
        found[title] = Kind(
            f"{kind}/{unit}/{shown.key}", partial(question, *numbers, unit), f"{kind}/{shown.key}", unit,
            partial(list, ways), partial(_go, UNITS[kind]),
        )  # fmt: skip
    return found


def _go(name: str, unit: int) -> None:
    link.go(**{name: unit})


def asked(kinds: dict[str, Kind]) -> str:
    """The kind of question that is open, "" if none is."""
    chosen = predict.chosen(list(kinds))
    return chosen if predict.is_open(kinds[chosen].about) else ""


def table(shown: Shown, apart: dict[str, Pair]) -> None:
    """All six as rows."""
    with tell.fold("All six as a table", "fold-six") as is_open:
        if not is_open:
            return
        rows = [
            (kind, len(one.code), one.active, one.parameters, one.mse, one.psnr, one.ssim, one.penalty, one.weight,
             apart[kind].ratio)
            for kind, one in shown.found.items()
        ]  # fmt: skip
        columns = ["kind", "code", "active units", "learned numbers", "MSE", "PSNR, dB", "SSIM"]
        columns += ["penalty", "its weight", "code moves per picture"]
        found = pd.DataFrame(rows, columns=columns)
        st.dataframe(found, hide_index=True, key="six-table")
        st.markdown(
            "A click on a column's name sorts. The penalties are different things: mean |h| (sparse), squared Jacobian "
            "norm (contractive), KL divergence in nats (variational)."
        )
        tables.save(found, "six", "save-six")


def units(shown: Shown, asked: str) -> None:
    """The numbers behind the codes and bars, unit by unit."""
    with tell.fold("Every unit of every code as a table", "fold-units") as is_open:
        if not is_open:
            return
        if asked:
            st.info("Answer the question first: the table would give it away.")
            return
        parts = []
        for kind, one in shown.found.items():
            adds = one.parts if one.parts.size else np.full(len(one.code), np.nan)
            parts.append(pd.DataFrame({"kind": kind, "unit": range(len(one.code)), "code": one.code, "adds": adds}))
        found = pd.concat(parts, ignore_index=True)
        st.dataframe(found, hide_index=True, height=260, key="six-units")
        tables.save(found, "units", "save-units")
