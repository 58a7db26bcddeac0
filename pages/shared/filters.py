"""The filters that visitors choose: a window, a bank of kernels, and what they type into one."""
import re
from functools import partial
from math import prod

import numpy as np
import streamlit as st

from core import anatomy, kernels
from core.examples import Example
from core.ops import Window
from core.trace import places
from pages.shared import cached, link, words
from pages.shared.shell import Hand

Bank = tuple[np.ndarray, np.ndarray]  # (K, C, k, k) and the biases, (K,)
OWN = "its own"  # the kernel of a worked example
TRAINED = "trained"
TYPED = "typed"


def choose_window(source: str, example: Example | None) -> Window:
    """Size, stride, padding and dilation."""
    begin = example.window if example else Window(3)

    def ask(name: str, low: int, high: int, begin: int, help: str) -> int:
        forgets = ("own", "cell") if name == "size" else ("cell",)
        key = f"{source}_{name}"
        return link.count(name.capitalize(), low, high, key=key, begin=begin, forgets=forgets, width=105, help=help)

    return Window(
        ask("size", 1, 11, begin.size, "Cells a side of the window."),
        ask("stride", 1, 8, begin.stride, "Cells from one position to the next."),
        ask("padding", 0, 8, begin.padding, "Rings of zeros around the input."),
        ask("dilation", 1, 4, begin.dilation, "1: neighbours. 2: every other cell, so a small window sees further."),
    )


def choose(hand: Hand, source: str, example: Example | None, size: int, channels: int) -> Bank:
    """A preset and those that follow it, a trained kernel, and over them what the visitor has typed."""
    typed, wrong = _typed((channels, size, size))
    options = [*([OWN] if example else []), *kernels.PRESETS, TRAINED]
    chosen = link.choose(
        partial(_select, 0 in typed), "Kernel", options, key=f"{source}_kernel", begin=OWN if example else "outline",
        width=225, forgets=("own",), format_func=partial(_title, size),
        help="Designed by people, or learned by this network. Or type into the kernel itself.",
    )  # fmt: skip
    begin, help = len(example.kernels) if example else 1, "Each filter gives one map of the output."
    count = link.count("Filters", 1, 8, key=f"{source}_filters", begin=begin, forgets=("own",), width=105, help=help)
    bias = np.zeros(count)
    if chosen == TRAINED:
        bank = _trained(hand, count, size, channels)
    elif chosen == OWN:
        bank = np.stack([[kernels.resized(square, size) for square in kernel] for kernel in example.kernels])
        bank = np.concatenate([bank, kernels.bank("outline", count, size, channels)])[:count]
        bias[: len(example.bias)] = example.bias[:count]
    else:
        bank = kernels.bank(chosen, count, size, channels)
    for at, (own_bias, own) in typed.items():
        if at < count:
            bank[at], bias[at] = own, own_bias
        else:
            wrong.append(f"it is meant for a filter that is not here, the filters are 0 to {count - 1}")
    _warn(wrong)
    return bank, bias


def _select(is_typed: bool, label: str, options: list[str], *, key: str, **more: object) -> str:
    """The kernel that the link names; the box says "typed" instead while the first filter is typed over it."""
    named = st.session_state[key]
    if is_typed:
        st.session_state[key], options = TYPED, [TYPED, *options]
    st.selectbox(label, options, key=key, **more)
    return named


def _title(size: int, name: str) -> str:
    return kernels.titled(name, size) if name in kernels.PRESETS else name


def _trained(hand: Hand, count: int, size: int, channels: int) -> np.ndarray:
    """Kernels of a layer of the network in hand; where it hears other channels, the square of its first one on each."""
    layers = [name for name, layer in cached.layers(hand.chosen.network).items() if layer.kind == "Conv2d"]
    step = link.choose(
        st.selectbox, "of layer", layers, key="trained_of", begin=layers[0], width=190, format_func=words.full_name,
        forgets=("own",), help="The network in hand; untrained, its kernels are random.",
    )  # fmt: skip
    most = cached.layers(hand.chosen.network)[step].shape[0]
    help = "The first of the filters; the others follow it."
    first = link.count("from map", 0, most - 1, key="trained_map", begin=0, forgets=("own",), width=105, help=help)
    found = []
    for at in range(count):
        kernel = anatomy.kernel(places(hand.network.graph)[step], (first + at) % most)
        squares = kernel if len(kernel) == channels else np.repeat(kernel[:1], channels, axis=0)
        found.append([kernels.resized(square.astype(float), size) for square in squares])
    return np.array(found)


def _typed(shape: tuple[int, int, int]) -> tuple[dict[int, tuple[float, np.ndarray]], list[str]]:
    """What the link has typed, "0:bias,weight,weight,...|1:...", as filter -> bias, weights; and what does not fit."""
    typed, wrong = {}, []
    for text in filter(None, link.parts("own")):
        which, _, numbers = text.partition(":")
        try:
            if not re.fullmatch("[0-9]", which):
                raise ValueError("it does not say which filter it is meant for, as in 0:1,2,3")
            values = kernels.from_text(numbers, (1 + prod(shape),))
        except ValueError as error:
            wrong.append(str(error))
        else:
            typed[int(which)] = values[0], values[1:].reshape(shape)
    return typed, wrong


def _warn(wrong: list[str]) -> None:
    """One sentence, however much of the link does not fit."""
    if wrong:
        others = f" Nor do {len(wrong) - 1:,} others." if len(wrong) > 1 else ""
        st.warning(f"A typed kernel of this link does not fit: {words.plain(wrong[0])}.{others}")
