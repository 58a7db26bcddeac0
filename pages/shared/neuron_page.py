"""The Neuron page: which network, its iterations as a drawing, and what they come to."""
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core import kernels, neurons
from core.iterations import Iteration, Line
from core.neurons import EXAMPLE, Config
from pages.shared import cached, components, link, words
from pages.shared.components import pack

SHAPES = {"One neuron": (2, 1), "Two layers": EXAMPLE.sizes, "Three layers": (3, 4, 3, 2), "your own": ()}
INPUTS, TARGETS = (*EXAMPLE.inputs, -1.0, 0.3), (*EXAMPLE.targets, 0.5, 0.2)
RATES = (0.001, 1000.0)
AHEAD = 100  # iterations that are computed at once
MOST = 2_000  # the last iteration that is shown
FORGOTTEN = ("own", "at", "stage", "chosen")  # what no longer fits another network
Row = tuple[str, int, str, Line]  # what it is a number of, stage, name, the number


@dataclass(frozen=True)
class Shown:
    """A network of neurons, its iterations, and where the visitor is."""

    run: tuple[Iteration, ...]
    at: int
    stage: int
    chosen: str  # "w1.1.2", "n1.1", "x1"

    @property
    def now(self) -> Iteration:
        return self.run[self.at]


def choose() -> Shown:
    """The controls: shape, transfer function, learning rate; and what the link says was typed."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        shape = link.choose(
            st.pills, "Network", list(SHAPES), key="shape", begin="Two layers", forgets=FORGOTTEN, required=True,
            help="How many inputs and how many neurons in each layer.",
        )  # fmt: skip
        sizes = SHAPES[shape] or _own_shape()
        transfer = link.choose(
            st.segmented_control, "Transfer function", list(neurons.TRANSFERS), key="transfer", begin=EXAMPLE.transfer,
            forgets=("at", "stage"), required=True, help="What makes a neuron's output of its activation.",
        )  # fmt: skip
        rate = _rate()
        help = "Other first weights."
        seed = link.count("Seed", 0, 999, key="seed", begin=2, forgets=FORGOTTEN, width=140, help=help)
        changed = link.parts("own")
        st.button(
            "Reset", icon=":material/restart_alt:", key="reset", disabled=not (changed or _at(MOST)),
            on_click=link.go, kwargs=dict.fromkeys(FORGOTTEN, link.UNSET), help="The first weights again.",
        )  # fmt: skip
    config = neurons.begin(sizes, INPUTS[: sizes[0]], TARGETS[: sizes[-1]], transfer, rate, seed)
    if changed:
        config = _typed(config, changed[0])
    run = cached.iterations(config, min((_at(MOST) // AHEAD + 2) * AHEAD, MOST + 1))  # iteration 0 is one of them
    chosen = st.query_params.get("chosen", "")
    elements = {element for element, *_ in rows(run[0])}
    return Shown(run, _at(len(run) - 1), link.whole("stage", 0, 3, 0), chosen if chosen in elements else "w1.1.1")


def _at(most: int) -> int:
    return link.whole("at", 0, most, 0)


def _own_shape() -> tuple[int, ...]:
    most = neurons.MOST
    more = dict(forgets=FORGOTTEN, width=140)
    heard = link.count("Inputs", 2, most, key="inputs", begin=2, help="Numbers that go in.", **more)
    layers = []
    for at, begin in enumerate((3, 2, 0), start=1):
        help = "Its neurons; 0 leaves the layer out."
        layers.append(link.count(f"Layer {at}", int(at == 1), most, key=f"layer{at}", begin=begin, help=help, **more))
    return (heard, *filter(None, layers))


def _rate() -> float:
    st.session_state["rate"] = link.decimal("rate", *RATES, EXAMPLE.rate)
    return st.number_input(
        "Learning rate", *RATES, value=None, step=0.1, format="%g", key="rate", width=140,
        on_change=lambda: link.go(rate=f"{st.session_state['rate'] or EXAMPLE.rate:g}"),
        help="How far each weight goes against its slope.",
    )  # fmt: skip


# ---- what the visitor has typed ---------------------------------------------------------------


def _numbers(config: Config) -> list[float]:
    return [*config.parameters.values(), *config.inputs, *config.targets]


def _typed(config: Config, text: str) -> Config:
    """The network with the numbers of the link: weights and biases, inputs, targets."""
    found, needed = len(text.split(",")), len(_numbers(config))
    if found != needed:
        has = f"{found} number{'s'[: found != 1]}"
        st.warning(f"This link has {has}, but this network needs {needed}: weights and biases, inputs, targets.")
        return config
    try:
        values = kernels.from_text(text, (needed,)).tolist()
    except ValueError as error:
        st.warning(f"The numbers of this link do not fit this network: {words.plain(str(error))}.")
        return config
    count, heard = len(config.parameters), len(config.inputs)
    config = config.changed(dict(zip(config.parameters, values[:count], strict=True)))
    return replace(config, inputs=tuple(values[count : count + heard]), targets=tuple(values[count + heard :]))


def _hear(shown: Shown, event: str, sent: dict) -> None:
    if event == "look":
        link.go(at=int(sent["iteration"]), stage=int(sent["stage"]), chosen=sent["chosen"])
        return
    config = shown.run[min(int(sent["iteration"]), len(shown.run) - 1)].config
    name, value = sent["name"], float(sent["value"])
    if name in config.parameters:
        config = config.changed({name: value})
    elif name[0] in "xt":
        given = list(config.inputs if name[0] == "x" else config.targets)
        given[int(name[1:]) - 1] = value
        config = replace(config, **{"inputs" if name[0] == "x" else "targets": tuple(given)})
    link.go(own=kernels.as_text(np.array(_numbers(config))), at=0, stage=0, chosen=name)


# ---- the drawing ------------------------------------------------------------------------------


def rows(done: Iteration) -> list[Row]:
    """Every number of an iteration: what it belongs to, its stage, the name of its column, and how it was made."""
    found: list[Row] = []
    heard = [f"x{at}" for at in range(1, len(done.config.inputs) + 1)]
    found += [(x, 0, x, Line(x, "", done.values[x])) for x in heard]
    for layer in done.forward:
        for neuron in layer:
            about = neuron.activation.name[1:]
            found += [(f"w{about}.{at}", 0, line.name, line) for at, line in enumerate(neuron.products, 1)]
            found += [(f"n{about}", 0, line.name, line) for line in (neuron.activation, neuron.output)]
    found += [(f"t{at}", 1, line.name, line) for at, line in enumerate(done.loss.parts, 1)]
    for layer in done.backward:
        for error in layer:
            about = error.slope.name[1:]
            lines = (error.slope, error.error, error.upstream, error.chain)
            found += [(f"n{about}", 2, line.name, line) for line in lines]
    for change in done.update:
        name = change.after.name
        found += [(name, 2, change.gradient.name, change.gradient), (name, 3, f"{name} new", change.after)]
    return found


def show(shown: Shown, until: int) -> None:
    """The network as a graph; all its iterations go to the browser, so that stepping never asks.

    `until`: the last stage that may be seen, while a question about a later one is open.
    """
    table = rows(shown.run[0])
    extra = [name for _, _, name, _ in table if name not in shown.run[0].values]
    names = [*shown.run[0].values, *extra]
    values = np.array([_column(done, extra) for done in shown.run])
    config = shown.run[0].config
    key = f"{config}"
    header = dict(
        **dict(key=key, shows=f"{key}/{shown.at}/{shown.stage}/{shown.chosen}/{len(shown.run)}/{until}"),
        **dict(sizes=config.sizes, until=until, most=MOST),
        **dict(names=names, look=dict(iteration=shown.at, stage=shown.stage, chosen=shown.chosen)),
        rows=[(element, stage, line.name, line.formula, name) for element, stage, name, line in table],
    )
    components.neurons(pack(header, values=values), lambda event, sent: _hear(shown, event, sent))


def _column(done: Iteration, extra: list[str]) -> list[float]:
    more = {name: line.value for _, _, name, line in rows(done)}
    return [*done.values.values(), *(more[name] for name in extra)]
