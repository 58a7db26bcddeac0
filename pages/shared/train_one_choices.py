"""The controls of Train one: network, pictures, training; all stand in the link, and what can't be is explained."""
from dataclasses import dataclass

import streamlit as st

from core import squeeze_config, squeeze_presets
from core.optimisers import OPTIMISERS
from core.squeeze_config import KINDS, LOSSES, PENALISED, PENALTIES, Config
from core.squeeze_data import SIDES, Tiles
from core.squeeze_presets import DIGITS, PRESETS, TILES, Preset
from core.toy_data import Choice, Data
from pages.shared import cached, cached_codes, lab_choices, lab_curves, link
from pages.shared.photos import Photo

PLACE = lab_choices.PLACE
PICTURES = ("train_on", "examples", "tile", "grey")
NETWORK = ("code", "layers", "nodes", "loss", "penalty", "noise")
TRAINING = ("optimiser", "rate", "batch", "seed", "until")
BATCHES = tuple(size for size in lab_choices.BATCHES if size <= squeeze_config.MOST_BATCH)
FEWEST = 100  # digits to learn from
HALF = dict(forgets=PLACE, width=112)
KIND_HELP = "\n".join(
    [
        "- **undercomplete**: the code is smaller than the picture",
        "- **sparse**: as many units as pixels, few active at a time",
        "- **contractive**: a small change of the picture may change the code only a little",
        "- **convolutional**: filters instead of dense layers",
        "- **denoising**: given a damaged picture, compared with the clean one",
        "- **variational**: the code is a cloud",
    ]
)


@dataclass(frozen=True)
class Built:
    """A run as the controls describe it, and its pictures; or why it can't be."""

    config: Config | None
    data: Data | None
    problem: str = ""


def preset() -> Preset:
    """What everything begins with."""
    name = link.choose(
        st.selectbox, "Begin with", list(PRESETS), key="preset", begin=next(iter(PRESETS)),
        forgets=(*PLACE, *PICTURES, "kind", *NETWORK, *TRAINING), width=220,
        help="Runs that show something. All settings follow; change any of them afterwards.",
    )  # fmt: skip
    return PRESETS[name]


def build(begin: Preset, seed: int, photo: Photo) -> Built:
    """Three tabs of controls: a run, or a sentence that says what does not fit and what would."""
    network, pictures, training = st.tabs(["Network", "Pictures", "Training"], key="build")
    with pictures:
        choice, data = _pictures(begin, photo)
    try:
        with network:
            chosen = _network(begin, choice)
        with training:
            chosen |= _training(begin)
        return Built(Config(choice, **chosen, seed=seed), data)
    except ValueError as error:
        return Built(None, None, str(error))


def _pictures(begin: Preset, photo: Photo) -> tuple:
    on = link.choose(
        st.pills, "Pictures", [DIGITS, TILES], key="train_on", begin=begin.on, required=True,
        forgets=(*PLACE, *NETWORK, *PICTURES[1:]), label_visibility="collapsed",
    )  # fmt: skip
    if on == DIGITS:
        st.caption("1,797 handwritten digits of 8 × 8 pixels, from scikit-learn. No labels are needed.")
        help = "To learn from. 450 others are kept for the test."
        most = cached_codes.DIGITS.examples
        count = link.count("Examples", FEWEST, most, key="examples", begin=1000, help=help, forgets=PLACE)
        return Choice("digits", count), cached.toy(Choice("digits", count))
    st.caption("The photo in hand, cut into tiles; three quarters are learnt from, a quarter is kept for the test.")
    side = link.choose(
        st.segmented_control, "Tile", SIDES, key="tile", begin=SIDES[0], required=True, format_func="{0} × {0}".format,
        forgets=(*PLACE, *NETWORK), help="Pixels along a side of a tile.",
    )  # fmt: skip
    grey = link.switch("Grey", key="grey", forgets=(*PLACE, *NETWORK), help="One number a pixel instead of three.")
    return cached_codes.tiles(photo, side, not grey)


def _network(begin: Preset, data: object) -> dict[str, object]:
    kind = link.choose(
        st.selectbox, "Kind", list(KINDS), key="kind", begin=begin.kind, forgets=(*PLACE, *NETWORK), help=KIND_HELP
    )
    changes = begin.changes if kind == begin.kind else {}
    suits = squeeze_presets.beginning(kind, data, **changes)
    with st.container(horizontal=True, key="network-row"):
        help = "Numbers in the code: all that is kept of a picture."
        code = link.count("Code size", 1, squeeze_config.MOST_CODE, key="code", begin=suits.code, help=help, **HALF)
        help, most = "Between the picture and the code; the decoder has as many.", squeeze_config.MOST_LAYERS
        layers = link.count("Layers", 0, most, key="layers", begin=suits.layers, help=help, **HALF)
        filters = kind == "convolutional"
        help = "Filters of the first layer; each layer after it has twice as many." if filters else (
            "Nodes of the first layer; each layer after it has half as many, and the decoder grows again."
        )
        label, most = "Filters" if filters else "Nodes", squeeze_config.MOST_NODES
        nodes = link.count(label, 1, most, key="nodes", begin=suits.nodes, help=help, disabled=not layers, **HALF)
        loss = link.choose(
            st.selectbox, "Loss", list(LOSSES), key="loss", begin=suits.loss, forgets=PLACE, width=180,
            help="MSE: the mean squared error of the pixels. Binary cross-entropy takes each pixel, 0 to 1, for a "
            "probability.",
        )  # fmt: skip
        penalised, noisy = kind in PENALISED, kind == "denoising"
        name = PENALISED.get(kind, "a penalty, for the sparse, contractive and variational kinds")
        penalty = link.choose(
            st.selectbox, "Penalty weight", PENALTIES, key="penalty", begin=suits.penalty, disabled=not penalised,
            format_func="{:g}".format, help=f"How much counts beside the error: {name}.", **HALF,
        )  # fmt: skip
        help = "Strength of the damage, at most: noise, blur, missing squares. For the denoising kind."
        begin_at = suits.noise or 0.5
        noise = link.slide("Noise", 0.0, 1.0, 0.05, key="noise", begin=begin_at, help=help, disabled=not noisy, **HALF)
    return dict(
        kind=kind, code=code, layers=layers, nodes=nodes, loss=loss,
        penalty=penalty if penalised else 0.0, noise=noise if noisy else 0.0,
    )  # fmt: skip


def _training(begin: Preset) -> dict[str, object]:
    with st.container(horizontal=True, key="training-row"):
        rate = link.choose(
            st.selectbox, "Learning rate", lab_choices.RATES, key="rate", begin=begin.changes.get("rate", 0.005),
            format_func="{:g}".format, help="How far the weights go at each step, against the gradient.", **HALF,
        )  # fmt: skip
        optimiser = link.choose(
            st.selectbox, "Optimiser", list(OPTIMISERS), key="optimiser", begin=begin.changes.get("optimiser", "Adam"),
            help="How a step is made of the gradient. Adam gives each weight a pace of its own.", **HALF,
        )  # fmt: skip
        help = "Pictures that it learns from in one step."
        batch = link.choose(st.selectbox, "Batch", BATCHES, key="batch", begin=32, help=help, **HALF)
    return dict(rate=rate, optimiser=optimiser, batch=batch)


def changed(preset: Preset, config: Config) -> str:
    """How a run differs from what it began with, in words; "" as long as its lesson holds."""
    begun = settings(squeeze_presets.begun(preset, config))
    on = TILES if isinstance(config.data, Tiles) else DIGITS
    if on != preset.on:
        begun["pictures"] = preset.on
    return lab_curves.changes(begun, settings(config))


def settings(config: Config) -> dict[str, str]:
    """All that decides a run, in words, so that runs can be told apart."""
    data = config.data
    if isinstance(data, Choice):
        pictures = {"pictures": "digits", "examples": f"{data.examples}", "tile": "8"}
    else:
        name = data.digest.removeprefix("sample-") if data.digest.startswith("sample-") else data.digest[:8]
        pictures = {"pictures": f"photo {name}", "examples": f"{data.examples}",
                    "tile": f"{data.side}" + (" colour" if data.colour else " grey")}  # fmt: skip
    return pictures | {
        "kind": config.kind,
        "code": f"{config.code}",
        "layers": f"{config.layers}",
        "nodes": f"{config.nodes}",
        "loss": config.loss,
        "penalty": f"{config.penalty:g}",
        "noise": f"{config.noise:g}",
        "optimiser": config.optimiser,
        "rate": f"{config.rate:g}",
        "batch": f"{config.batch}",
        "seed": f"{config.seed}",
    }
