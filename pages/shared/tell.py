"""What pages tell below their picture: experiments, code and sources, each made when it is opened."""
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import dedent

import streamlit as st

from core import samples, zoo
from pages.shared.shell import Hand


@contextmanager
def fold(label: str, key: str, asked: object = False) -> Iterator[bool]:
    """A part of the page that is made when it is opened: `with fold(...) as is_open: if is_open: ...`.

    It stays shut while a question is open whose answer stands in it (`asked`).
    """
    box = st.expander(label, key=key, on_change="rerun")
    with box:
        if box.open and asked:
            st.info("Answer the question first: the table would give it away.")
        yield box.open and not asked


def show_code(*functions: Callable, torch: str) -> None:
    """The very functions that computed this page, and how one says it in PyTorch."""
    with fold("Show me the code", "fold-code") as is_open:
        if not is_open:
            return
        st.markdown("What ran here:")
        sources = [dedent(inspect.getsource(function)) for function in functions]
        st.code("\n\n".join(sources), language="python", wrap_lines=True)
        st.markdown("The same in PyTorch:")
        st.code(torch, language="python", wrap_lines=True)


def sources(hand: Hand, *papers: str, cards: Sequence[str] = ()) -> None:
    """Where the idea comes from, and the picture and the network that the page is about; `cards`: other networks."""
    with fold("Sources", "fold-sources") as is_open:
        if not is_open:
            return
        sample = samples.SAMPLES.get(hand.photo.id)
        credit = [f"The picture: {sample.title}. {sample.credit}."] if sample and hand.has_picture else []
        st.markdown("\n".join(f"- {line}" for line in [*papers, *credit]))
        for name in cards or [hand.chosen.network] * hand.has_network:
            st.markdown(zoo.model_card(name).replace("\n#", "\n##").replace("# ", "## ", 1))


def try_this(*experiments: str) -> None:
    """Two or three things to do next."""
    with st.expander("Try this"):
        st.markdown("\n".join(f"1. {experiment}" for experiment in experiments))
