"""The lab's controls: data, network, training; every one stands in the link, and what can't be is explained."""
from dataclasses import dataclass, replace

import streamlit as st

from core import presets
from core.architectures import ACTIVATIONS, INITIALISATIONS, POOLINGS, Architecture, Block
from core.optimisers import LOSSES, OPTIMISERS
from core.run_config import Config
from core.toy_data import SIDES, SOURCES, Choice
from pages.shared import link

PLACE = ("at", "cell", "example", "quiz")  # what no longer fits another run
DATA = ("data", "examples", "noise", "size", "separation", "data-seed")
MODULES, DENSE = 4, 12  # at most
BLOCKS = tuple(f"{what}{at}" for at in range(1, MODULES + 1) for what in ("filters", "kernel", "pooling"))
NETWORK = ("modules", *BLOCKS, "dense", "units", "activation", "norm", "shortcuts", "dropout")
TRAINING = ("optimiser", "rate", "batch", "loss", "first", "decay", "seed", "until")
KERNELS = (1, 3, 5, 7)
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.005, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 50.0)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
DECAYS, DROPOUTS = (0.0, 0.0001, 0.001, 0.01, 0.1), (0.0, 0.1, 0.2, 0.3, 0.5)
STEPS = {"digits": 1000}  # more than its lesson needs: 95 of 100 test digits
HALF = dict(forgets=PLACE, width=112)


@dataclass(frozen=True)
class Built:
    """A run as the controls describe it; or why it can't be."""

    config: Config | None
    problem: str = ""


def preset() -> presets.Preset:
    """What everything begins with."""
    name = link.choose(
        st.selectbox, "Begin with", list(presets.PRESETS), key="preset", begin=next(iter(presets.PRESETS)),
        forgets=(*PLACE, *DATA, *NETWORK, *TRAINING), width=190,
        help="Runs that show something. All settings follow; change any of them afterwards.",
    )  # fmt: skip
    found = presets.PRESETS[name]
    return replace(found, steps=STEPS.get(name, found.steps))


def build(begin: Config, seed: int) -> Built:
    """Three tabs of controls: a run, or a sentence that says what does not fit and what would."""
    data, network, training = st.tabs(["Data", "Network", "Training"], key="build")
    try:
        with data:
            choice = _data(begin.data)
        with network:
            architecture = _network(begin.architecture, SOURCES[choice.name].kind)
        with training:
            config = _training(begin, choice, architecture, seed)
    except ValueError as error:
        return Built(None, str(error))
    return Built(config)


def _data(begin: Choice) -> Choice:
    name = link.choose(
        st.pills, "Data", list(SOURCES), key="data", begin=begin.name, required=True,
        forgets=(*PLACE, *DATA[1:]), label_visibility="collapsed",
    )  # fmt: skip
    source = SOURCES[name]
    begin = begin if name == begin.name else Choice(name, min(600, source.most), noise=0.05)
    st.caption(source.about[0].upper() + source.about[1:] + ".")
    help = "To learn from. Fewer, and it learns them by heart. 450 others are kept for the test."
    examples = link.count("Examples", 1, source.most, key="examples", begin=begin.examples, help=help, forgets=PLACE)
    more: dict[str, float | int] = {}
    help = "Random numbers added to every pixel or point; this is their standard deviation."
    more["noise"] = link.slide("Noise", 0.0, 1.0, 0.05, key="noise", begin=begin.noise, help=help, forgets=PLACE)
    if "size" in source.settings:
        help = "Pixels along a side."
        more["size"] = link.slide("Size", *SIDES, 4, key="size", begin=begin.size, help=help, forgets=PLACE)
    if "separation" in source.settings:
        help = "1: the classes are what they are called. 0: all are drawn alike, and nothing can tell them apart."
        more["separation"] = link.slide(
            "Class separation", 0.0, 1.0, 0.1, key="separation", begin=begin.separation, help=help, forgets=PLACE
        )
    help = "Another seed draws other examples."
    seed = link.count("Seed of the data", 0, 999, key="data-seed", begin=begin.seed, help=help, forgets=PLACE)
    return Choice(name, examples, seed=seed, **more)


def _network(begin: Architecture, kind: str) -> Architecture:
    blocks = _blocks(begin) if kind == "pictures" else ()
    if kind == "points":
        st.caption("Points have no neighbours for a convolution to look at; with pictures the blocks come back.")
    with st.container(horizontal=True, key="dense-row"):
        help = "Every unit reads all numbers before it. The last layer, a unit for each class, comes by itself."
        dense = link.count("Dense layers", 0, DENSE, key="dense", begin=len(begin.dense), help=help, **HALF)
        width = begin.dense[0] if begin.dense else 32
        units = link.count("Units in each", 1, 256, key="units", begin=width, disabled=not dense, **HALF)
        activation = link.choose(
            st.selectbox, "Activation", list(ACTIVATIONS), key="activation", begin=begin.activation,
            help="Bends what a layer gives; without it many layers are no more than one.", **HALF,
        )  # fmt: skip
        dropout = link.choose(
            st.selectbox, "Dropout", DROPOUTS, key="dropout", begin=begin.dropout,
            help="This share of the dense units is left out by chance at each step, so that none is relied on.", **HALF,
        )  # fmt: skip
        help = "Brings every unit to mean 0 and spread 1 in each batch."
        norm = link.switch("Batch norm", key="norm", forgets=PLACE, help=help)
        help = "What enters a layer is added to what comes out, where both fit."
        alone = dense < 2  # one layer has nothing to be added to
        residual = link.switch("Shortcuts", key="shortcuts", forgets=PLACE, help=help, disabled=alone)
    return Architecture(blocks, (units,) * dense, activation, norm, dropout, residual)


def _blocks(begin: Architecture) -> tuple[Block, ...]:
    count = link.count(
        "Blocks: convolution, activation, pooling", 0, MODULES, key="modules", begin=len(begin.blocks), forgets=PLACE,
        help="Each looks for patterns in what the one before it found.",
    )  # fmt: skip
    begins = (*begin.blocks, *[Block(16)] * MODULES)
    return tuple(_block(at, begins[at - 1]) for at in range(1, count + 1))


def _block(at: int, begin: Block) -> Block:
    hidden = dict(forgets=PLACE, width=94, label_visibility="visible" if at == 1 else "collapsed")
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"module{at}"):
        filters = link.count("Filters", 1, 32, key=f"filters{at}", begin=begin.filters, **hidden)
        more = dict(key=f"kernel{at}", begin=begin.size, format_func="{0} × {0}".format, **hidden)
        kernel = link.choose(st.selectbox, "Kernel", KERNELS, **more)
        more = dict(key=f"pooling{at}", begin=begin.pooling, **hidden)
        pooling = link.choose(st.selectbox, "Pooling", list(POOLINGS), **more)
    return Block(filters, kernel, pooling)


def _training(begin: Config, data: Choice, architecture: Architecture, seed: int) -> Config:
    with st.container(horizontal=True, key="training-row"):
        rate = link.choose(
            st.selectbox, "Learning rate", RATES, key="rate", begin=begin.rate, format_func="{:g}".format,
            help="How far the weights go at each step, against the gradient.", **HALF,
        )  # fmt: skip
        optimiser = link.choose(
            st.selectbox, "Optimiser", list(OPTIMISERS), key="optimiser", begin=begin.optimiser,
            help="How a step is made of the gradient. Adam gives each weight a pace of its own.", **HALF,
        )  # fmt: skip
        batch = link.choose(
            st.selectbox, "Batch", BATCHES, key="batch", begin=begin.batch,
            help="Examples that it learns from in one step.", **HALF,
        )  # fmt: skip
        decay = link.choose(
            st.selectbox, "Weight decay", DECAYS, key="decay", begin=begin.weight_decay, format_func="{:g}".format,
            help="Draws all weights towards 0, so that none becomes large without need.", **HALF,
        )  # fmt: skip
        weights = link.choose(
            st.selectbox, "First weights", list(INITIALISATIONS), key="first", begin=begin.initialisation,
            help="How wide the first, random weights are spread. He suits ReLU, Xavier suits tanh and sigmoid.", **HALF,
        )  # fmt: skip
        loss = link.choose(
            st.selectbox, "Loss", list(LOSSES), key="loss", begin=begin.loss,
            help="What training makes small. Cross-entropy is −log of the probability of the right class.",
            forgets=PLACE, width=150,
        )  # fmt: skip
    return Config(data, architecture, weights, loss, optimiser, rate, batch, decay, seed)
