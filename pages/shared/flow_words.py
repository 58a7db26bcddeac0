"""What the meter of a stack says in words, as a table, and spread out as histograms."""
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from core import flow_questions
from core.checkup import FADING
from core.flow import PRESETS, Flow, LayerFlow, Stack
from pages.shared import components, flow_page, tables, words
from pages.shared.components import pack
from pages.shared.flow_run import Run

FAINT, LARGE = 1e-2, 100.0  # of the gradient: first over last layer; L2 norm of one layer


def sentence(stack: Stack, found: Flow) -> str:
    """The first layer's gradient against the last one's, the smallest, the zeros, and what each layer passes on."""
    *hidden, _ = found.layers
    least = min(hidden, key=lambda layer: layer.gradient)
    zeros = np.average([layer.zeros for layer in hidden], weights=[layer.weights for layer in hidden])
    when = f"After {found.step:,} steps" if found.step else "Before training"
    parts = [f"**{when}** (loss {words.number(found.loss)}): {_verdict(found)}"]
    if hidden[-1].gradient and len(hidden) > 1:
        parts.append(f"The smallest gradient is that of {least.name}: {words.number(least.gradient)}.")
    parts.append(f"Exactly 0 are {words.percent(zeros)} of the hidden layers' gradients.")
    each = flow_questions.factor(found)
    if each > 0:
        most = flow_questions.MOST_SLOPES[stack.activation]
        slope = "" if stack.activation == "none" else f"; the slope of {stack.activation} is at most {most:g}"
        parts.append(f"Each layer multiplies what arrives by **{words.number(each)}** (geometric mean){slope}.")
    preset = preset_of(stack)
    claim = [PRESETS[preset].claim] if preset and not found.step else []
    return "  \n".join([" ".join(parts), *claim])


def preset_of(stack: Stack) -> str | None:
    """The preset that a stack is, whatever its learning rate."""
    known = {replace(preset.stack, rate=stack.rate): name for name, preset in PRESETS.items()}
    return known.get(stack)


def _verdict(found: Flow) -> str:
    hidden = found.layers[:-1]
    if not any(layer.gradient for layer in hidden):
        return _nothing(hidden)
    if len(hidden) == 1:
        return f"the gradient of the one hidden layer is **{words.number(hidden[0].gradient)}**."
    if not hidden[-1].gradient:
        return f"nothing arrives at the last hidden layer, {hidden[-1].name}."
    times = f"the first layer's gradient is **{words.number(found.ratio)} times** that of the last hidden one"
    if max(layer.gradient for layer in hidden) > LARGE:
        return f"{times}, and both are so large that one step would jump far too far: it **explodes**."
    if found.ratio < FADING:
        return f"{times}: it **vanishes**, and the first layers do not learn."
    return f"{times}: it **fades**." if found.ratio < FAINT else f"{times}: it **arrives**."


def _nothing(hidden: tuple[LayerFlow, ...]) -> str:
    dead = [layer.name for layer in hidden if layer.dead == 1]
    if dead:
        return f"**nothing arrives** anywhere, since all units of {dead[0]} are dead: they give 0, with slope 0."
    return "**nothing arrives** anywhere: a gradient is a product, and one of its factors is 0."


def table(found: Flow) -> None:
    """Every layer, and the same as CSV."""
    rows = pd.DataFrame(
        {
            "layer": [layer.name for layer in found.layers],
            "gradient (L2 norm)": [layer.gradient for layer in found.layers],
            "what arrives (rms)": [layer.upstream for layer in found.layers],
            "activation (rms)": [layer.activation for layer in found.layers],
            "share of gradient exactly 0": [layer.zeros for layer in found.layers],
            "share of dead units": [layer.dead for layer in found.layers],
        }
    )
    small = {name: st.column_config.NumberColumn(format="%.4g") for name in rows.columns[1:]}
    st.dataframe(rows, hide_index=True, key="flow-table", column_config=small)
    tables.save(rows, f"gradient-flow-{found.step}", "save-flow")


def spread(run: Run, at: int, heard: Callable[[str, dict], None]) -> None:
    """Histograms of activations and gradients, layer by layer, at every time that was measured."""
    layers = [found.layers for found in run.flows]
    names = [layer.name for layer in layers[0]]
    chosen = flow_page.layer(len(names))
    header = dict(
        **dict(key=f"flow/{run.stack}", shows=f"{run.stack}/{run.flows[at].step}/{len(layers)}/{chosen}"),
        **dict(names=names, labels=[name.removeprefix("dense") for name in names]),
        **dict(steps=[found.step for found in run.flows], look=dict(time=at, layer=chosen)),
    )
    arrays = dict(losses=np.array([found.loss for found in run.flows]))
    for kind in ("activations", "gradients"):
        counts = [[getattr(layer, kind).counts for layer in row] for row in layers]
        edges = [[getattr(layer, kind).edges[[0, -1]] for layer in row] for row in layers]
        arrays |= {kind: np.array(counts, dtype=np.int32), f"{kind}Edges": np.array(edges, dtype=float)}
    arrays["zeros"] = np.array([[layer.zeros for layer in row] for row in layers])
    components.histograms(pack(header, **arrays), heard)
    _bins(run.flows[at].layers[chosen])


def _bins(layer: LayerFlow) -> None:
    """The chosen layer's two histograms as a table."""
    both = {"activation": layer.activations, "log10 of the gradient's size": layer.gradients}
    rows = pd.concat(
        [
            pd.DataFrame({"of": of, "from": one.edges[:-1], "to": one.edges[1:], "how many": one.counts})
            for of, one in both.items()
        ]
    )
    st.markdown(f"The histograms of {layer.name} as numbers; choose another layer in the picture.")
    st.dataframe(rows, hide_index=True, height=220, key="bins")
    tables.save(rows, f"histograms-{layer.name}", "save-bins")
