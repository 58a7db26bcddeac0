"""The Six side by side page: one picture through every kind, two similar pictures, and the question."""
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from core import autoencoders, drawing, ink, kind_questions, samples, side_by_side
from core.drawing import Stroke
from core.numerals import shown as number
from core.side_by_side import FREE, NEIGHBOURS, SIX, Pair, Passage
from pages.shared import cached_codes, code_choices, components, gate, link, predict, six_words, words
from pages.shared.components import pack
from pages.shared.predict import Kind
from pages.shared.shell import Hand

HAND, DRAWN = "picture in hand", "draw one"
BEGINS = next(iter(samples.SAMPLES))  # the picture that everybody has at first, and no digit: the page begins with
READY = ".TtOuXnJ_dYHvjhIpoYMaqvSHqCYQmddPg1fznfi0rYoDr9uRpFz9jh3zce49Vs3CQtyj"  # a drawn 3 instead
INK, SEED = "six_ink", "six_seed"
UNITS = {"contractive": "six_contractive", "variational": "six_variational"}  # kind -> its chosen unit in the link
KL, JACOBIAN = "KL divergence", "Jacobian"
ASKED = {"variational": KL, "contractive": JACOBIAN}
PAIRS = {"contractive": "Contractive", "free": "The same without the penalty"}  # networks whose codes are compared


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
        begin = DRAWN if hand.photo.id == BEGINS else HAND
        more = dict(key="six_on", begin=begin, required=True, help=help)
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
    if strokes is not None and ink.as_text(strokes) == READY:
        st.markdown("A 3 is drawn already. Press **Clear** and draw your own.")
    if not image.any():
        drawn = "**No ink is found** in this picture." if strokes is None else "**Nothing is drawn yet**: draw a digit."
        st.markdown(f"{drawn} These are the numbers of an empty page.")
    picture = hand.photo.digest if strokes is None else ink.as_text(strokes)
    return Shown(f"{source}/{picture}/{noise}/{seed}", image, strokes, seed, found, units)


def _through(models: dict, image: np.ndarray, noise: float, seed: int) -> dict[str, Passage]:
    return {kind: side_by_side.passage(SIX[kind], model, image, noise, seed) for kind, model in models.items()}


def _strokes() -> tuple[Stroke, ...]:
    text = st.query_params.get(INK, READY)
    try:
        return () if text == link.UNSET else ink.from_text(text)
    except ValueError as error:
        st.warning(f"{words.plain(str(error)).capitalize()}.")
        return ()


def _hear(event: str, sent: dict) -> None:
    if event == "draw":
        link.go(**{INK: ink.as_text(drawing.read(sent["strokes"])) or link.UNSET})
    elif sent["card"] in UNITS:
        link.go(**{UNITS[sent["card"]]: int(sent["unit"])})


# ---- the cards --------------------------------------------------------------------------------


def show(shown: Shown, kinds: dict[str, Kind]) -> None:
    """A card for each kind: what went in and came out, its code, and its own number."""
    hidden = asked(kinds)
    cards, arrays = [], {}
    for at, (kind, found) in enumerate(shown.found.items()):
        own = own_number(shown, kind, hidden)
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


def own_number(shown: Shown, kind: str, hidden: str = "") -> six_words.Own:
    """What the kind adds, in bars and a formula; `hidden` is the kind of question that is open."""
    unit, is_asked = shown.units.get(kind, 0), hidden == ASKED.get(kind, "")
    return six_words.own(shown.found[kind], unit, is_asked, shown.found)


def _own(own: six_words.Own, opens: bool) -> dict:
    about = dict(title=own.title, lines=own.lines, names=own.names, unit=own.unit, chosen=own.chosen, log=own.log)
    about |= dict(across=own.across, ends=own.ends or (own.names[0], own.names[-1]))
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
    names = {**SIX, "free": FREE}
    models = {kind: cached_codes.autoencoder(name).model for kind, name in names.items()}
    found = gate.through(_pairs, models, shown.image, other)
    drawn = {kind: moves(found[kind]) for kind in PAIRS}
    most = max(float(own.values.max()) for own in drawn.values())  # one scale for both, so that they can be compared
    cards, arrays = [], {}
    for at, (kind, own) in enumerate(drawn.items()):
        cards.append(_pair_card(kind, found[kind], _own(own, opens=False) | dict(most=most)))
        for which, values in enumerate((shown.image, other, np.abs(other - shown.image))):
            arrays[f"picture{at}_{which}"] = _floats(values)
        arrays |= {f"code{at}_{which}": _floats(found[kind].codes[which]) for which in range(2)}
        arrays[f"bars{at}"] = own.values
    header = dict(shows=f"{shown.key}/{way}", cards=cards, pad=False, strokes=())
    components.six(pack(header, **arrays), "six_pairs", lambda event, sent: None)
    st.markdown(six_words.apart(found["contractive"].ratio, found["free"].ratio))
    return found


def _pairs(models: dict, one: np.ndarray, other: np.ndarray) -> dict[str, Pair]:
    return {kind: side_by_side.pair(model, one, other) for kind, model in models.items()}


def moves(pair: Pair) -> six_words.Own:
    """How far each unit of a code moves, as bars."""
    far = np.abs(pair.codes[1] - pair.codes[0]).astype(float)
    return six_words.Own("How far each unit moves, |h − h′|", [], [f"unit {at}" for at in range(len(far))], far)


def _pair_card(kind: str, pair: Pair, own: dict) -> dict:
    ratio = f"{number(pair.codes_apart)} / {number(pair.pictures_apart)} = {number(pair.ratio)}"
    lines = [
        f"√ Σ (x − x′)² = {number(pair.pictures_apart)} between the pictures",
        f"√ Σ (h − h′)² = {number(pair.codes_apart)} between the codes",
        ratio if pair.pictures_apart else "No ratio: the pictures are the same.",
    ]
    return dict(
        **dict(id=kind, title=PAIRS[kind], about="", lines=lines, own=own),
        pictures=[_picture(label, "grey", 1.0) for label in ("one", "the other")]
        + [_picture("apart 0–1", "magnitude", 1.0)],
        codes=[_code("The code of one", pair.codes[0]), _code("The code of the other", pair.codes[1])],
    )


# ---- the question -----------------------------------------------------------------------------


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
