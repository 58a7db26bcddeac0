"""Use the code: a classifier on the code against one on the raw pixels, with few labels."""
import hashlib

import pandas as pd
import streamlit as st

from core import autoencoders, code_features
from core.code_features import DRAWS, LABELS, Accuracy
from core.squeeze_data import Tiles
from core.training import State
from pages.shared import cached_codes, figures, link, tables, words
from pages.shared.tell import fold
from pages.shared.train_one_page import Shown

OWN, WANTED = "this one", "features-wanted"  # the second in the session: what was asked for
SHIPPED = ("digits_8", "digits_32", "digits_denoising")


def tell(shown: Shown) -> None:
    """Folded away, since it trains many small classifiers."""
    with fold("Use the code: read digits with few labels", "fold-features") as is_open:
        if is_open:
            _features(shown)


def _features(shown: Shown) -> None:
    run, own = shown.run, not isinstance(shown.run.state.config.data, Tiles)
    st.markdown(
        "An autoencoder learns without labels. Is its code good for something else? Logistic regression learns to read "
        f"from a few labelled digits, once from the code and once from the raw pixels: the same digits, {DRAWS} draws "
        "each, judged on the same 450 test digits."
    )
    names = ([OWN] if own else []) + list(SHIPPED)
    name = link.choose(
        st.pills, "Code of", names, key="code-of", begin=names[0], required=True,
        format_func=lambda name: name if name == OWN else autoencoders.SPECS[name].title,
    )  # fmt: skip
    if not own:
        st.caption("Tiles of a photo have no labels, so the networks that come with Torchlight are compared here.")
    if name == OWN and run.busy:
        st.info("Pause to compare its code as it is then.")
        return
    if name != OWN:
        about = autoencoders.SPECS[name].about
        st.markdown(f"{about} It was trained on MNIST's 28 × 28 digits; these are enlarged for it.")
    key = hashlib.blake2b(run.state.weights, digest_size=16).hexdigest() if name == OWN else name
    wanted = st.session_state.setdefault(WANTED, set())
    if key not in wanted:
        help = f"Trains {2 * DRAWS * len(LABELS)} small classifiers; it takes some seconds."
        st.button("Compare", key="compare", type="primary", on_click=wanted.add, args=(key,), help=help)
        return
    _show(_computed(run.state, name, key), OWN if name == OWN else autoencoders.SPECS[name].title)


def _computed(state: State, name: str, key: str) -> list[tuple[Accuracy, Accuracy]]:
    """(code, pixels) for every count of labels, with progress while they are new."""
    bar, pairs = st.empty(), []
    for at, count in enumerate(LABELS):
        bar.progress(at / len(LABELS), f"{2 * DRAWS} classifiers with {count} labels")
        code = cached_codes.own_accuracy(state, key, count) if name == OWN else cached_codes.accuracy(name, count)
        pairs.append((code, cached_codes.accuracy("", count)))
    bar.empty()
    return pairs


def _show(pairs: list[tuple[Accuracy, Accuracy]], title: str) -> None:
    said = [_sentence(code, pixels) for code, pixels in pairs]
    figure = figures.few_labels(
        list(LABELS),
        {"the code": [(code.mean, code.spread) for code, _ in pairs],
         "the raw pixels": [(pixels.mean, pixels.spread) for _, pixels in pairs]},
    )  # fmt: skip
    st.plotly_chart(figure, key="few-labels", config=figures.PLAIN)
    st.markdown(_result(pairs))
    table = pd.DataFrame(
        {
            "labels": [code.labels for code, _ in pairs],
            "code": [code.mean for code, _ in pairs],
            "code, spread": [code.spread for code, _ in pairs],
            "pixels": [pixels.mean for _, pixels in pairs],
            "pixels, spread": [pixels.spread for _, pixels in pairs],
            "who wins": said,
        }
    )
    shares = st.column_config.NumberColumn(format="percent")
    columns = dict.fromkeys(list(table.columns[1:5]), shares)
    st.dataframe(table, hide_index=True, key="accuracies", column_config=columns)
    st.caption(f"Mean and standard deviation of {DRAWS} draws; who is ahead in every draw wins. Code: {title}.")
    tables.save(table, "few-labels", "save-few-labels")


def _sentence(code: Accuracy, pixels: Accuracy) -> str:
    found = code_features.verdict(code, pixels)
    return {"code": "the code", "pixels": "the raw pixels", "neither": "neither in every draw"}[found]


def _result(pairs: list[tuple[Accuracy, Accuracy]]) -> str:
    """Who wins where, in one honest sentence."""
    won = {name: [code.labels for code, pixels in pairs if code_features.verdict(code, pixels) == name]
           for name in ("code", "pixels", "neither")}  # fmt: skip
    parts = []
    for name, said in (("code", "the **code** wins"), ("pixels", "the **raw pixels** win")):
        if won[name]:
            parts.append(f"{said} with {_listed(won[name])} labels")
    if won["neither"]:
        parts.append(f"neither is ahead in every draw with {_listed(won['neither'])}")
    sentence = "; ".join(parts)
    code, pixels = pairs[0]
    told = (
        f"{sentence[0].upper()}{sentence[1:]}. With {code.labels} labels, one of each digit, "
        f"{words.percent(code.mean)} are read from the code and {words.percent(pixels.mean)} from the pixels."
    )
    if LABELS[0] in won["code"]:
        told += " What it has learnt from digits without labels helps where labels are few."
    if LABELS[-1] in won["pixels"]:
        told += " What the code leaves out is missed once there are many labels."
    return told


def _listed(counts: list[int]) -> str:
    return " and ".join(filter(None, [", ".join(map(str, counts[:-1])), str(counts[-1])]))
