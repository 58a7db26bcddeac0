"""The Gradient flow page with a photo: values and slopes at every step of the network in hand."""
import numpy as np
import pandas as pd
import streamlit as st

from core import gradients
from core.passages import Passage
from pages.shared import cached, flow_page, link, predict, tables, unit, words
from pages.shared.flow_page import Meter
from pages.shared.shell import Hand
from pages.shared.tell import fold


def show(hand: Hand) -> None:
    """The controls, the meter, the sentence, the question and the table."""
    unit.follow()
    aim = _aim(hand)
    found = cached.slope(hand.photo, hand.chosen, "passages", aim)
    names = [words.full_name(passage.name) for passage in found]
    sizes = [passage.upstream for passage in found]
    about = f"flow/{hand.photo.digest}/{hand.chosen}/{aim}"
    kind = flow_page.about_two(about, names, sizes, _ends(found))
    hidden = predict.is_open(kind.about)
    told = _sentence(found, names, _of(hand, aim))
    meter = Meter(
        about, names, names, [0], [float("nan")],
        np.array([sizes]), np.array([[passage.activation for passage in found]]),
        {"exactly 0": np.array([[passage.zeros for passage in found]])},
        ("Gradient: slopes of what each step gives (root mean square)", "Activation: what each step gives"),
        "the Backward page", "" if hidden else told.replace("*", ""),
    )  # fmt: skip
    flow_page.draw(meter, 0, hidden, lambda event, sent: _hear(event, sent, found, aim))
    st.markdown("The sizes are hidden until you have answered." if hidden else told)
    predict.ask({flow_page.WHICH: kind})
    with fold("Every step in numbers", "fold-flow", hidden) as is_open:
        if is_open:
            _table(found)


def _aim(hand: Hand) -> tuple[str, int]:
    """Whose slopes, as on the Backward page."""
    answer, labels = cached.look(hand.photo, hand.chosen, None).index, hand.network.labels
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        shape = link.choose(
            st.segmented_control, "Slopes of", list(gradients.AIMS), key="aim", begin="score", required=True,
            format_func=lambda shape: "½ squared error" if shape == "squared error" else shape,
            help="**score**: the number (logit) of the class. **cross-entropy** and **½ squared error**: the loss "
            "with that class as the target.",
        )  # fmt: skip
        index = link.choose(
            st.selectbox, "Class", list(range(len(labels))), key="class", begin=answer, width=190,
            format_func=lambda at: f"{labels[at]} (its answer)" if at == answer else labels[at],
            help="Whose score it is, or which class is the target.",
        )  # fmt: skip
    return shape, index


def _of(hand: Hand, aim: tuple[str, int]) -> str:
    label = words.plain(hand.network.labels[aim[1]])
    return f"the score of {label}" if aim[0] == "score" else f"the {aim[0]} with {label} as the target"


def _hear(event: str, sent: dict, found: tuple[Passage, ...], aim: tuple[str, int]) -> None:
    at = min(max(int(sent["layer"]), 0), len(found) - 1)
    if event == "open":
        place = {"layer": found[at].name, "aim": aim[0], "class": str(aim[1])}
        st.session_state["leaving"] = "backward", place
    elif event == "choose":
        link.go(flow_layer=at)


def _ends(found: tuple[Passage, ...]) -> tuple[int, int]:
    """The first and the last convolution."""
    convolutions = [at for at, passage in enumerate(found) if passage.kind == "Conv2d"]
    return convolutions[0], convolutions[-1]


def _sentence(found: tuple[Passage, ...], names: list[str], of: str) -> str:
    """First and last convolution in today's numbers, the smallest, and where most of it is zero."""
    first, last = _ends(found)
    sizes, zeros = [passage.upstream for passage in found], [passage.zeros for passage in found[:-1]]
    if not sizes[last]:
        return f"Nothing comes back from {of}: at {names[last]} all slopes are exactly 0."
    smallest, emptiest = int(np.argmin(sizes)), int(np.argmax(zeros))
    return (
        f"Slopes of {of}: at {names[first]}, the first convolution, they are "
        f"**{words.number(sizes[first] / sizes[last])} times** as large as at {names[last]}, the last one. "
        f"Smallest: {names[smallest]}, {words.number(sizes[smallest])}. "
        f"Most zeros: {names[emptiest]}, **{words.percent(zeros[emptiest])}** of its slopes are exactly 0."
    )


def _table(found: tuple[Passage, ...]) -> None:
    table = pd.DataFrame(
        {
            "step": [passage.name for passage in found],
            "kind": [words.KINDS[passage.kind] for passage in found],
            "gradient (rms)": [passage.upstream for passage in found],
            "share exactly 0": [passage.zeros for passage in found],
            "activation (rms)": [passage.activation for passage in found],
        }
    )
    st.dataframe(table, hide_index=True, key="flow-table")
    tables.save(table, "gradient-flow", "save-flow")
