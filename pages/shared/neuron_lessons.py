"""What the iterations of a few neurons come to: a slope checked, a step on its curve, three learning rates."""
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import neurons
from core.iterations import LADDER, Iteration, Trial, in_numbers, trials
from core.neurons import Config
from pages.shared import figures, tables, words
from pages.shared.neuron_page import Shown, rows
from pages.shared.tell import fold

STAGES = ("forward", "loss", "backward", "update")
RUN = 1e-5  # of "rise over run"
COMPARED = 60  # iterations
BELOW = dict(orientation="h", y=-0.25, yanchor="top")  # a legend that is never on the title, however narrow


def tell(shown: Shown, until: int) -> None:
    """Trouble first, then the slope of one weight without the chain rule, its step, and three learning rates.

    Nothing of it while a question about a stage after `until` is open: it would give the answer away.
    """
    if until < len(STAGES) - 1:
        st.info("Answer the question first: what comes here would give it away.")
        return
    config = shown.now.config
    _trouble(shown)
    left, right = st.columns(2)
    with left:
        _slope(config, shown.chosen if shown.chosen in config.parameters else "w1.1.1")
    with right:
        _rates(shown.run[0].config)
    _both_rules(shown.now)
    with fold("Every number of this iteration", "fold-numbers") as is_open:
        if is_open:
            _table(shown.now)


def _trouble(shown: Shown) -> None:
    """What went wrong on the way here, in a sentence."""
    losses = [done.loss.total.value for done in shown.run[: shown.at + 1]]
    if not np.isfinite(losses).all():
        st.warning("The loss is no longer a number: each step jumped further than the last. Choose a smaller rate.")
    elif losses[-1] > 1.5 * losses[0] > 0:
        grown = f"from {words.number(losses[0])} to {words.number(losses[-1])}"
        st.warning(f"The loss has grown {grown}: the steps jump too far. Choose a smaller learning rate.")
    slopes = [error.slope for layer in shown.now.backward for error in layer]
    dead = " and ".join(slope.name[1:] for slope in slopes if slope.value == 0)
    if dead and shown.now.config.transfer == "ReLU":
        st.info(f"ReLU gives 0 in neuron {dead}, with slope 0: nothing flows back, and its weights stay as they are.")


def _slope(config: Config, weight: str) -> None:
    value, slope = config.parameters[weight], neurons.gradients(config)[weight]
    reach = 1.5 * max(1.0, abs(config.rate * slope))
    curve = neurons.curve(config, weight, value - reach, value + reach, 61)
    now, landed = (curve.weight, curve.loss), (curve.landed, curve.landed_loss)
    figure = figures.loss_curve(weight, curve.weights, curve.losses, curve.tangent, now, landed)
    _draw(figure, "curve")
    checked = neurons.rise_over_run(config, weight, RUN)
    st.markdown(
        f"**Check it.** The chain rule gives dL/d{weight} = **{_exact(slope)}**. Rise over run, from two forward "
        f"passes {words.number(RUN)} to either side: **{_exact(checked)}**.  \n"
        f"**The step.** {weight} − {config.rate:g} × slope = {words.number(curve.landed)}. With this weight alone "
        f"moved, the loss goes from {words.number(curve.loss)} to **{words.number(curve.landed_loss)}**; the tangent "
        f"promised {words.number(curve.promised_loss)}."
    )


def _draw(figure: go.Figure, key: str) -> None:
    figure.update_layout(height=340, legend=BELOW)
    st.plotly_chart(figure, key=key, config=figures.PLAIN)


def _exact(value: float) -> str:
    return f"{value:.9g}".replace("-", "−")


def _rates(config: Config) -> None:
    tried = trials(config, COMPARED)
    _draw(figures.losses({f"{trial.name}: {trial.rate:.4g}": list(trial.losses) for trial in tried}), "rates")
    st.markdown(
        f"The loss over {COMPARED} iterations from the same first weights, learning rate "
        f"{'; '.join(map(_told, tried))}.  \n{_verdict(*tried)}"
    )


def _told(trial: Trial) -> str:
    """What a rate did, from its losses: where it ends, and how often it rose on the way."""
    name, losses = f"**{trial.name}: {trial.rate:.4g}**", trial.losses
    if not np.isfinite(losses).all():
        return f"{name} no number any more after {np.isfinite(losses).argmin()} iterations"
    rises = int((np.diff(losses) > 1e-9).sum())
    rose = f", {rises} of its steps uphill" if rises else ""
    return f"{name} {words.number(losses[0])} → {words.number(losses[-1])}{rose}"


def _verdict(low: Trial, middle: Trial, high: Trial) -> str:
    tried = f"the {len(LADDER)} rates from {LADDER[0]:g} to {words.number(LADDER[-1])} tried on this network"
    if middle.name != "right":
        return f"None of {tried} lowers its loss."
    said = f"Of {tried}, {middle.rate:g} ends lowest."
    if low.name == "lower":
        said += " None below it is clearly slower."
    if high.name == "higher":
        said += " None above it ends clearly worse."
    return said


def _both_rules(now: Iteration) -> None:
    error = now.backward[-1][0]
    said, chained = (in_numbers(line.formula, now.values) for line in (error.error, error.chain))
    st.markdown(
        f"**Two ways to say it.** The error of the first output is (expected − actual) × slope = {said} = "
        f"**{_exact(error.error.value)}**. The chain rule gives dL/d{error.chain.name[1:]} = {chained} = "
        f"**{_exact(error.chain.value)}**. It is the same number with the other sign: the error points to where the "
        "output should go, the slope to where the loss grows."
    )


def _table(now: Iteration) -> None:
    found = [
        (name, STAGES[stage], line.formula, in_numbers(line.formula, now.values), line.value)
        for _, stage, name, line in rows(now)
    ]
    table = pd.DataFrame(found, columns=["number", "stage", "how", "in numbers", "value"])
    st.dataframe(table, hide_index=True, key="numbers")
    tables.save(table, "neurons", "save-numbers")
