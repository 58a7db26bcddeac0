"""From logits to probabilities: exp, the sum over all classes, the share; and what a temperature does to it."""
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core import arithmetic, ops
from core.numerals import equals, read, shown
from pages.shared import components, link, tables, words
from pages.shared.logits import BEST, Logits, Share, extent
from pages.shared.scenes import Telling, Vector, scene
from pages.shared.tell import fold

TEMPERATURES = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
COMPARED = (0.5, 1, 2)
EXPECTED = "expected at T = 1"  # a column


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
        (f"In: z = {_formula(share, 'logits')}", _power(share, "z"), output, f"The probability of {name}"),
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


def _power(share: Share, z: str) -> str:
    """exp(z - largest z), as it is computed: without the largest subtracted, exp may be too large for a computer."""
    most = float(share.explanation.values.max())
    return f"exp({z})" if most == 0 else f"exp({z} {'+' if most < 0 else '−'} {shown(abs(most))})"


# ---- what it comes to -------------------------------------------------------------------------


def tell(share: Share, asked: bool) -> None:
    """The fraction, the rest of the classes, the temperature and the constant, in today's numbers."""
    if asked:
        st.markdown("The probability is hidden until you have said what it will be; the question is above.")
    else:
        st.markdown(f"{_fraction(share)}{_rest(share)}")
        st.markdown(_temperatures(share))
    st.markdown(_constant(share))
    table(share, asked)


def _fraction(share: Share) -> str:
    """exp(z − largest z) / their sum over all classes = p, with numbers."""
    logits, found = share.logits, share.explanation
    power, total = shown(float(found.products[logits.at])), shown(found.sum)
    inner = _formula(share, shown(float(logits.values[logits.at])))
    sign = equals(read(power) / read(total), found.result)
    return (
        f"**Probability of {words.plain(logits.labels[logits.at])}** {_power(share, inner)} / (the sum of such exp "
        f"over all {len(logits.values):,} classes) = {power} / {total} {sign} **{shown(found.result)}**, "
        f"{words.percent(found.result)}. The largest is subtracted first: the fraction stays the same, and no exp "
        "becomes too large for a computer. "
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


# ---- as a table -------------------------------------------------------------------------------


def table(share: Share, hidden: bool) -> None:
    """Every class from its logit to its probability; not while one is being guessed."""
    count, beside = len(share.logits.values), share.logits.expected is not None
    key = "fold-expected" if beside else "fold-shares"
    st.session_state.setdefault(key, beside)  # beside what is expected it begins open
    with fold(f"All {count:,} probabilities in numbers", key, hidden) as is_open:
        if is_open:
            found, columns = _in_numbers(share), {"probability": tables.PERCENT, EXPECTED: tables.PERCENT}
            height = min(38 + 35 * len(found), 400)
            st.dataframe(found, column_config=columns, hide_index=True, height=height, key="shares")
            tables.save(found, "softmax", "save-shares")


def _in_numbers(share: Share) -> pd.DataFrame:
    scaled = share.values / share.temperature
    columns = {
        "class": list(share.logits.labels),
        _formula(share, "logit"): scaled,
        "exp(z − largest z)": np.exp(scaled - scaled.max()),
        "probability": ops.softmax(share.values, share.temperature),
    }
    if share.logits.expected is not None:
        columns[EXPECTED] = share.logits.expected
    return pd.DataFrame(columns)
