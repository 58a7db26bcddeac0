"""The Gradient flow page with a stack of the visitor's own: presets, controls, training, and what the meter says."""
from collections.abc import Callable

import numpy as np
import streamlit as st

from core import flow, flow_questions
from core.architectures import ACTIVATIONS, INITIALISATIONS
from core.flow import PRESETS, Flow, Stack
from pages.shared import cached, flow_page, flow_run, flow_words, link, predict
from pages.shared.flow_page import FORGOTTEN, Meter
from pages.shared.flow_run import EVERY, MOST, Run
from pages.shared.predict import Kind
from pages.shared.tell import fold

BEGIN = PRESETS["vanishing"].stack
RATES = (0.001, 0.01, 0.1, 1.0)
GRAVE = ("divergence", "not finite")  # troubles that the sentence below the meter does not tell
PAUSE = 0.4  # seconds from one question to the training service to the next
RUN, SEVERAL = "flow-run", "asked-several"  # in the session: the visitor's run; how many layers are asked about


def show() -> None:
    """The stack, and all that goes on with it; only what changes while it trains is drawn again."""
    cached.service()  # its processes start while the visitor looks
    above = st.container(key="presets")
    stack = _stack()
    with above:
        _presets(stack)
    run = st.session_state.get(RUN)
    if run is None or run.stack != stack:
        try:
            run = st.session_state[RUN] = flow_run.begin(stack)
        except ValueError as error:
            st.session_state[RUN] = None
            st.error(f"This does not work: {error}.")
            return
    ticking = _goal() > run.step and not run.ended
    st.fragment(_live, run_every=PAUSE if ticking else None)(run, ticking)


# ---- which stack ------------------------------------------------------------------------------


def _presets(stack: Stack) -> None:
    st.session_state["preset"] = flow_words.preset_of(stack)
    help = "Each sets all of the stack but its learning rate; change any part of it then."
    st.pills("Presets", list(PRESETS), key="preset", on_change=_take, label_visibility="collapsed", help=help)


def _take() -> None:
    name = st.session_state["preset"]
    if name:  # one that is pressed again stays
        wanted = {key: getattr(PRESETS[name].stack, field) for key, field in FIELDS.items()}
        link.go(**wanted, **{key: link.UNSET for key in FORGOTTEN if key in st.query_params})


FIELDS = {  # name in the link -> field of the stack
    "stack_depth": "depth",
    "stack_width": "width",
    "stack_activation": "activation",
    "stack_init": "initialisation",
    "stack_norm": "batch_norm",
    "stack_shortcuts": "residual",
    "stack_seed": "seed",
}


def _stack() -> Stack:
    """Its controls; each keeps all the others."""
    more = dict(forgets=FORGOTTEN)
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        depth = link.count(
            f"Layers ({flow.DEPTHS[0]}–{flow.DEPTHS[1]})", *flow.DEPTHS, key="stack_depth", begin=BEGIN.depth,
            width=120, help="Hidden layers, one after the other.", **more,
        )  # fmt: skip
        width = link.count(
            f"Units ({flow.WIDTHS[0]}–{flow.WIDTHS[1]})", *flow.WIDTHS, key="stack_width", begin=BEGIN.width,
            width=120, help="Units in each hidden layer.", **more,
        )  # fmt: skip
        activation = link.choose(
            st.selectbox, "Activation", list(ACTIVATIONS), key="stack_activation", begin=BEGIN.activation, width=130,
            help="After every hidden layer. The gradient is multiplied by its slope.", **more,
        )  # fmt: skip
        initialisation = link.choose(
            st.selectbox, "First weights", list(INITIALISATIONS), key="stack_init", begin=BEGIN.initialisation,
            help="How large the random first weights are: Xavier suits sigmoid and tanh, He suits ReLU.", width=130,
            **more,
        )  # fmt: skip
        norm = link.switch("Batch norm", key="stack_norm", help="Between each layer and its activation.", **more)
        help = "What enters a layer is added to what comes out (residual connections)."
        shortcuts = link.switch("Shortcuts", key="stack_shortcuts", help=help, **more)
        rate = link.choose(
            st.selectbox, "Learning rate", RATES, key="stack_rate", begin=BEGIN.rate, width=115,
            help="Of plain gradient descent (SGD), for training.", **more,
        )  # fmt: skip
        help = "Other first weights."
        seed = link.count("Seed", 0, 999, key="stack_seed", begin=BEGIN.seed, width=105, help=help, **more)
    return Stack(depth, width, activation, initialisation, norm, shortcuts, rate, seed)


# ---- the run ----------------------------------------------------------------------------------


def _goal() -> int:
    """The step to look at, as the link says; while it is ahead of the run, the run trains."""
    return link.whole("flow_step", 0, MOST, 0) // EVERY * EVERY


def _live(run: Run, ticking: bool) -> None:
    """All that changes while the stack trains; asks for more as long as it is looked at."""
    training = flow_run.go_on(run, cached.service, _goal())
    if training != ticking:
        st.rerun()  # with the timer, or without it
    at = min(_goal(), run.step) // EVERY
    found = run.flows[at]
    kinds = _kinds(run.stack, found)
    kind = predict.chosen(list(kinds))
    hidden = kind == flow_page.WHICH and predict.is_open(kinds[kind].about)
    _buttons(run, training)
    _tell_trouble(run)
    told = flow_words.sentence(run.stack, found)
    flow_page.draw(_meter(run, "" if hidden else told), at, hidden, lambda event, sent: _hear(event, sent))
    st.markdown("The sizes are hidden until you have answered." if hidden else told)
    predict.ask(kinds)
    _folds(run, at, hidden)


def _buttons(run: Run, training: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="training-row"):
        label, icon, to = ("Pause", "pause", run.step) if training else ("Train", "play_arrow", MOST)
        help = f"{EVERY} steps at a time, {MOST:,} at most: 1,000 digits of 8 × 8 pixels in batches of 100."
        more = dict(on_click=_go_to, width=110)
        st.button(
            label, icon=f":material/{icon}:", key="train", args=(to,), disabled=run.ended, help=help, **more
        )  # fmt: skip
        help = f"Train {EVERY} steps more, to the next measurement."
        further = min(run.step + EVERY, MOST)
        st.button("Step", icon=":material/skip_next:", key="further", args=(further,), help=help,
                  disabled=run.ended or training, **more)  # fmt: skip
        st.markdown(_status(run, training))


def _status(run: Run, training: bool) -> str:
    if run.failure:
        return f"Training ended after {run.step} steps."
    if training:
        wait = f"{run.before} others come first" if run.before else f"on the way to step {_goal():,}"
        return f"Trained **{run.reached:,}** steps, {wait} …"
    rate = f"at learning rate {run.stack.rate:g}"
    return f"Trained **{run.step:,}** steps {rate}." if run.step else f"Before training. Train it {rate} and watch."


def _go_to(step: int) -> None:
    link.go(flow_step=step)


def _tell_trouble(run: Run) -> None:
    if run.failure:
        st.error(f"This does not work: {run.failure}.")
    for trouble in run.troubles:
        if trouble.kind in GRAVE:
            st.warning(trouble.text)


def _hear(event: str, sent: dict) -> None:
    if event == "time":
        link.go(flow_step=int(sent["time"]) * EVERY)
    else:
        link.go(flow_layer=int(sent["layer"]))


# ---- what is shown of it ----------------------------------------------------------------------


def _meter(run: Run, told: str) -> Meter:
    def table(value: Callable[[flow.LayerFlow], float]) -> np.ndarray:
        return np.array([[value(layer) for layer in found.layers] for found in run.flows], dtype=float)

    names = [layer.name for layer in run.flows[0].layers]
    labels = [name.removeprefix("dense") for name in names]
    more = {
        "arrives": table(lambda layer: layer.upstream),
        "exactly 0": table(lambda layer: layer.zeros),
        "dead units": table(lambda layer: layer.dead),
    }
    return Meter(
        f"flow/{run.stack}", labels, names,
        [found.step for found in run.flows], [found.loss for found in run.flows],
        table(lambda layer: layer.gradient), table(lambda layer: layer.activation), more,
        ("Gradient of each layer's weights (L2 norm)", "Activation: what each layer gives (root mean square)"),
        "", told.replace("*", ""),
    )  # fmt: skip


def _kinds(stack: Stack, found: Flow) -> dict[str, Kind]:
    """The questions: at which layer more, how much a slope can be, by how much several layers multiply."""
    names, sizes = [layer.name for layer in found.layers], [layer.gradient for layer in found.layers]
    about = f"flow/{stack}/{found.step}"
    slopes = list(flow_questions.FORMULAS)
    held = st.session_state.get("asked-slope", stack.activation)
    kinds = {
        flow_page.WHICH: flow_page.about_two(about, names, sizes, (0, len(names) - 1)),
        "the slope": Kind(
            f"slope/{held}", lambda: flow_questions.about_slope(held), "slope", held, lambda: slopes,
            lambda chosen: st.session_state.update({"asked-slope": chosen}),
        ),
    }  # fmt: skip
    each, layers = flow_questions.factor(found), st.session_state.get(SEVERAL, 3)
    if 1e-3 < each < 0.95 or 1.05 < each < 1e3:
        kinds["several layers"] = Kind(
            f"{about}/several/{layers}", lambda: flow_questions.about_several_layers(each, layers), "several", layers,
            lambda: list(flow_questions.SEVERAL), lambda chosen: st.session_state.update({SEVERAL: chosen}),
        )  # fmt: skip
    return kinds


def _folds(run: Run, at: int, hidden: bool) -> None:
    """How the values are spread, and every layer in numbers."""
    parts = {
        ("How the values are spread in every layer", "fold-spread"): lambda: flow_words.spread(run, at, _hear),
        ("Every layer in numbers", "fold-flow"): lambda: flow_words.table(run.flows[at]),
    }
    for (label, key), draw in parts.items():
        with fold(label, key) as is_open:
            if is_open and hidden:
                st.info("Answer the question first: this would give it away.")
            elif is_open:
                draw()
