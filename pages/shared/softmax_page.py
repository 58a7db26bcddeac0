"""From logits to probabilities: exp, the sum over all classes, the share; and what a temperature does to it."""
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from core import arithmetic, ops
from core.arithmetic import Explanation
from core.numerals import equals, read, shown
from pages.shared import components, link, words
from pages.shared.scenes import Telling, Vector, scene

BEST = 12  # classes that are listed where there are more
TEMPERATURES = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
COMPARED = (0.5, 1, 2)
READABLE = 20.0  # a sentence writes exp of logits up to this; of larger ones the largest is subtracted first


@dataclass(frozen=True)
class Logits:
    """The numbers that are shared out, and the class at hand."""

    values: np.ndarray  # (K,) float64
    labels: Sequence[str]
    at: int
    key: str  # what they are the logits of
    layer: str = ""  # the layer of the network in hand that gives them

    def go(self, at: int) -> None:
        """Another class is at hand."""
        link.go(**({"layer": self.layer} if self.layer else {}), map=at)

    @property
    def listed(self) -> list[int]:
        """The classes that are listed: all, or the best and the one at hand."""
        return listed(self.values, self.at)


@dataclass(frozen=True)
class Share:
    """The probability of the class at hand, and the settings that it was computed with."""

    logits: Logits
    temperature: float
    more: int  # added to all logits

    @property
    def values(self) -> np.ndarray:
        """(K,) all logits as they are shared out."""
        return self.logits.values + self.more

    @property
    def explanation(self) -> Explanation:
        """The probability, taken apart."""
        return arithmetic.softmax(self.values, self.logits.at, self.temperature).at(0, 0)

    @property
    def about(self) -> str:
        """What a question about it is remembered by."""
        return f"{self.logits.key}/{self.logits.at}/{self.temperature}/{self.more}"


def listed(values: np.ndarray, at: int) -> list[int]:
    """All of some values in their order, or the largest and the one at hand where there are many."""
    if len(values) <= BEST:
        return list(range(len(values)))
    best = np.argsort(-values, kind="stable").tolist()
    return [one for place, one in enumerate(best) if place < BEST or one == at]


def extent(listed: list[int], count: int) -> str:
    """How many are listed, in words."""
    return f"all {count:,}" if len(listed) == count else f"the best {BEST} of {count:,}"


def choose(logits: Logits) -> Share:
    """The class, the temperature and what is added, with their controls."""
    st.session_state["class"] = logits.at
    st.selectbox(
        "Class",
        range(len(logits.labels)),
        key="class",
        width=230,
        format_func=lambda at: _option(logits.labels, at),
        on_change=lambda: logits.go(st.session_state["class"]),
        help="Whose probability is taken apart; type to search.",
    )
    help = "Every logit is divided by T before exp. With 1 they stay as they are."
    slider = st.select_slider
    temperature = link.choose(slider, "Temperature T", TEMPERATURES, key="temperature", begin=1, width=260, help=help)
    help = "The same number for all of them. What becomes of the probabilities?"
    more = link.slide("Add to all logits", -20, 20, 1, key="add", begin=0, width=260, help=help)
    return Share(logits, temperature, more)


def _option(labels: Sequence[str], at: int) -> str:
    return f"{labels[at]} ({at})" if len(labels) > BEST else labels[at]


def draw(share: Share, asked: bool) -> None:
    """Logits in, exp of each, the share of the one at hand; all probabilities to choose from."""
    logits, count = share.logits, len(share.logits.values)
    of = arithmetic.softmax(share.values, logits.at, share.temperature)
    name, shown_ones = logits.labels[logits.at], logits.listed
    output = f"Probabilities: {extent(shown_ones, count)}"
    telling = Telling(
        (f"In: {_formula(share, 'logits')}", "exp of each", output, f"The probability of {name}"),
        had="The engine has",
        names=list(logits.labels),
        unit="class",
        input_words=_formula(share, "logits"),
        output_words="probabilities",
        asked=(0, 0) if asked else None,
        unit_name=name,
    )
    probabilities = ops.softmax(share.values, share.temperature)
    vector = Vector(probabilities, list(logits.labels), shown_ones, share=True)
    data = scene(of, (0, 0), telling, f"softmax/{logits.key}", f"softmax/{share.about}/{asked}", vector=vector)
    components.calculation(data, "softmax", partial(_hear, logits))


def _hear(logits: Logits, event: str, sent: dict) -> None:
    if event == "unit" and 0 <= sent["channel"] < len(logits.values):
        logits.go(int(sent["channel"]))


def _formula(share: Share, name: str) -> str:
    """What goes into exp: "logits", "logits / 2", "(logits + 3) / 2"."""
    if share.more:
        name = f"{name} {'−' if share.more < 0 else '+'} {abs(share.more)}"
    if share.temperature == 1:
        return name
    return f"{f'({name})' if share.more else name} / {share.temperature:g}"


# ---- what it comes to -------------------------------------------------------------------------


def tell(share: Share, asked: bool) -> None:
    """The fraction, the rest of the classes, the temperature and the constant, in today's numbers."""
    if asked:
        st.markdown("The probability is hidden until you have said what it will be; the question is below.")
    else:
        st.markdown(f"{_fraction(share)}{_rest(share)}")
        st.markdown(_temperatures(share))
    st.markdown(_constant(share))


def _fraction(share: Share) -> str:
    """exp(z) / sum over all classes = p, with numbers."""
    logits, found = share.logits, share.explanation
    most = float(found.values.max())
    shift = 0.0 if abs(most) <= READABLE else most
    scale = np.exp(most - shift)  # the explanation subtracts the largest; here nothing, if exp is not too large
    power, total = (shown(number * scale) for number in (float(found.products[logits.at]), found.sum))
    inner = _formula(share, shown(float(logits.values[logits.at])))
    minus = f" {'+' if shift < 0 else '−'} {shown(abs(shift))}" if shift else ""
    sign = equals(read(power) / read(total), found.result)
    why = "The largest is subtracted first: exp of large numbers is too large for a computer. " if shift else ""
    return (
        f"**Probability of {words.plain(logits.labels[logits.at])}** exp({inner}{minus}) / (the sum of exp over all "
        f"{len(logits.values):,} classes) = {power} / {total} {sign} **{shown(found.result)}**, "
        f"{words.percent(found.result)}. {why}"
    )


def _rest(share: Share) -> str:
    """What is not listed, as one number."""
    named, count = share.logits.listed, len(share.logits.values)
    if len(named) == count:
        return ""
    rest = float(np.delete(ops.softmax(share.values, share.temperature), named).sum())
    return f"The other {count - len(named):,} classes share {words.percent(rest)}."


def _temperatures(share: Share) -> str:
    values, count = share.logits.values, len(share.logits.values)
    best = int(values.argmax())
    each = [f"**{words.percent(float(ops.softmax(values, t)[best]))}** at T = {t:g}" for t in COMPARED]
    return (
        f"**Temperature** The best class, {words.plain(share.logits.labels[best])}, gets {', '.join(each[:-1])} and "
        f"{each[-1]}. A small T leaves nearly all to the best; a large T brings all of them closer to one "
        f"{_ordinal(count)}, {words.percent(1 / count)} each. Their order stays."
    )


def _ordinal(count: int) -> str:
    return {10: "tenth", 1000: "thousandth"}.get(count, f"in {count:,}")


def _constant(share: Share) -> str:
    if not share.more:
        return "**Add to all logits** Move the slider: what changes?"
    logits, temperature = share.logits.values, share.temperature
    apart = float(np.abs(ops.softmax(share.values, temperature) - ops.softmax(logits, temperature)).max())
    by = "by nothing at all" if apart == 0 else f"by at most {shown(apart)}, from rounding"
    return (
        f"**Add to all logits** With {shown(share.more)} added to each of the {len(logits):,} logits, the list of "
        f"probabilities differs {by}. Every exp grows by the same factor, exp({shown(share.more / temperature)}), and "
        "so does their sum: it cancels out. That is why the largest logit may be subtracted first, as in the drawing."
    )
