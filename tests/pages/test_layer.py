"""Network from close up: one layer, with all its numbers."""
import re

import numpy as np
import pytest
from torch import Tensor

from core import trace, zoo
from pages.shared import words
from tests.pages.apptest import choose, opened, press, sent
from tests.pages.engine import LARGE, network, some_layers, traced
from tests.pages.reading import saved, table


@pytest.mark.parametrize("name", zoo.SPECS)
def test_a_layer_shows_the_truth(name):
    at, steps = opened("network", network=name), traced(name, "trained", "centre")
    outputs = [step.output for step in steps.values() if step.kind != "Input"]
    extremes = min(output.min().item() for output in outputs), max(output.max().item() for output in outputs)
    for layer in some_layers(name):
        choose(at, "layer", layer)
        shown, step = sent(at, "layer_view"), steps[layer]
        assert shown["step"] == layer
        assert shown["network"] == pytest.approx(extremes, rel=1e-4)
        compare_values(shown, step.output.numpy())
        compare_weights(shown, getattr(step.layer, "weight", None))
        compare_sentence(next(text.value for text in at.markdown if "multiply-adds:" in text.value), step)


def compare_values(shown: dict, output: np.ndarray) -> None:
    count = len(shown["shown"])
    maps = output[:count].reshape(count, -1)
    assert shown["shown"] == list(range(count))
    np.testing.assert_allclose(shown["maps"], maps.ravel(), rtol=1e-4, atol=1e-4)
    ranges = np.stack([maps.min(axis=1), maps.max(axis=1)], axis=1)
    np.testing.assert_allclose(shown["ranges"], ranges.ravel(), rtol=1e-4, atol=1e-4)
    assert (shown["low"], shown["high"]) == pytest.approx((output.min(), output.max()), rel=1e-4, abs=1e-4)


def compare_weights(shown: dict, weight: Tensor | None) -> None:
    if weight is None or weight.ndim == 1:  # a batch norm has one number a map
        assert shown["filter"] is None
    else:
        np.testing.assert_array_equal(shown["weights"], weight[shown["map"]].numpy().ravel())
        assert shown["filter"]["most"] == np.abs(shown["weights"]).max()


def compare_sentence(text: str, step: trace.Step) -> None:
    assert f"shape **{' × '.join(f'{length:,}' for length in step.output.shape)}**" in text
    learned = sum(tensor.numel() for tensor in step.layer.parameters()) if step.layer else 0
    assert f"= **{learned:,}** · multiply-adds" in text
    assert f"values {words.number(step.output.min())} … {words.number(step.output.max())}" in text
    share = float(re.search(r"\*\*[<> ]*([\d.]+) ?%\*\* of them zero", text).group(1))
    assert share == pytest.approx(100 * (step.output == 0).float().mean().item(), abs=0.101)


def test_the_chosen_map_is_the_table_below_it():
    at = opened("network", network="tiny_vgg", layer="module2_conv1", map="5")
    output = traced("tiny_vgg", "trained", "centre")["module2_conv1"].output[5]
    np.testing.assert_allclose(at.dataframe[0].value.to_numpy(), output, rtol=1e-5, atol=1e-6)
    weights = network("tiny_vgg").graph.get_submodule("module2.conv1").weight[5].numpy()
    shown = table(at, "weight")
    np.testing.assert_array_equal(weights[shown["channel"], shown["row"], shown["column"]], shown["weight"])


def test_maps_beyond_the_first_page_are_reached():
    at = opened("network", network=LARGE, layer="stem_conv")
    output, seen = traced(LARGE, "trained", "centre")["stem_conv"].output.numpy(), []
    while True:
        shown = sent(at, "layer_view")
        np.testing.assert_allclose(shown["maps"], output[shown["shown"]].ravel(), rtol=1e-4, atol=1e-4)
        seen += shown["shown"]
        if at.button(key="maps-after").disabled:
            break
        press(at, "maps-after")
    assert seen == list(range(len(output)))
    assert at.number_input(key="map").value == seen[-len(shown["shown"])]
    press(at, "maps-before")
    assert sent(at, "layer_view")["shown"][-1] == shown["shown"][0] - 1


def test_a_map_is_saved_at_full_precision(monkeypatch):
    at = opened("network", network="tiny_vgg", layer="module2_conv1", map="5")
    files = saved(monkeypatch, at)
    output = traced("tiny_vgg", "trained", "centre")["module2_conv1"].output[5]
    np.testing.assert_allclose(files["module2_conv1-5.csv"].to_numpy(), output, rtol=1e-6)
    assert len(files["module2_conv1-5-weights.csv"]) == 16 * 3 * 3
