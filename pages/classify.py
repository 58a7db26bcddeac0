"""Classify: what the network takes the photo for, and where it looked."""
import streamlit as st

from core import answers, gradients
from pages.shared import cached, components, drawings, shell, tables, tell, words

hand = shell.open_page("What is it?", "Add a photo. A network says what it takes it for, and where it looked.")
net = hand.network
about = hand.photo.digest, hand.chosen  # a class is looked at for one photo and one network
index = st.session_state["explain"][1] if st.session_state.get("explain", (None,))[0] == about else None
look = cached.look(hand.photo, hand.chosen, index)


def explain(sent: dict) -> None:
    if 0 <= sent["index"] < len(net.labels):
        st.session_state["explain"] = (about, sent["index"])


first, *_ = look.best
word = answers.certainty(first.probability)
size = net.preprocessing.size
limits = ", ".join(f"{name} from {least:.0%}" for least, name in answers.CERTAINTY.items() if least)
components.answer(
    drawings.answer(
        hand.photo,
        look,
        net,
        heading=f"{first.label} – {word}, {words.percent(first.probability)}",
        scale=f"In words: {limits}, else {answers.certainty(0)}.",
        got=f"All the network gets: {size} × {size} pixels{', white ink on black' if net.preprocessing.ink else ''}; "
        f"each enters as (x − {net.preprocessing.mean[0]:g}) / {net.preprocessing.std[0]:g}.",
    ),
    explain,
)
with st.container(key="photos"):  # always there: nothing below moves when it fills
    tables.gallery(hand)
left, right = st.columns(2)
with left:
    tables.probabilities(look, net)
    tables.heat(look)
with right:
    tell.try_this(
        "Choose **untrained**. What does a network with random weights say, and how sure is it?",
        "Give **LeNet** the cat. It has only ever seen digits: what else could it answer?",
        "Tap the second answer. Did the network look somewhere else for it?",
    )
    tell.show_code(
        gradients.backtrace,
        gradients.evidence,
        answers.best,
        torch="logits = model(image[None])[0]\nprobabilities = logits.softmax(dim=0)\nprobabilities.topk(5)",
    )
    tell.sources(
        hand,
        "Where it looked: Grad-CAM, Selvaraju et al. 2017, <https://arxiv.org/abs/1610.02391>",
    )
