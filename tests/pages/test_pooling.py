"""Pooling: which number of each window goes on, what is left, and what a small shift does."""
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.pages.apptest import choose, controls, happens, is_drawn, opened, sent, words_of
from tests.pages.calculated import corners, inputs, result_at, results, terms, worked_out
from tests.pages.engine import LARGE, fitted, maps_of, network, ran, traced
from tests.pages.reading import bold, numbers, table

HAND = np.array([[3, 12, 5, 1], [8, 0, 9, 14], [15, 2, 6, 4], [7, 10, 13, 11]])
MAP = {"network": "tiny_vgg", "layer": "module1_relu1", "map": "3"}
WINDOWS = [(2, 2, 0), (3, 1, 1), (5, 3, 2), (8, 8, 0), (1, 4, 0), (4, 5, 1)]


def as_torch_does(maps: np.ndarray, kind: str, window: tuple[int, int, int]) -> np.ndarray:
    """(H, W) made smaller; padding counts as zeros in a mean."""
    pool = F.max_pool2d if kind == "max" else F.avg_pool2d
    return pool(torch.tensor(maps.astype(float))[None, None], *window)[0, 0].numpy()


def pooled(source: str, kind: str, window: tuple[int, int, int], **link: str):
    """The page with that window."""
    names = (f"pool_{source}_{name}" for name in ("kind", "size", "stride", "padding"))
    return opened("pooling", pool_on=source, **dict(zip(names, (kind, *map(str, window)), strict=True)), **link)


def told(at) -> str:
    """The sentence on how many numbers are left."""
    return next(text for text in words_of(at) if "Output size" in text)


# ---- the numbers ------------------------------------------------------------------------------


def test_four_by_four_by_hand():
    at = opened("pooling")
    shown = sent(at)
    np.testing.assert_array_equal(inputs(shown)[0], HAND)
    assert results(shown).tolist() == [[12, 14], [15, 13]]
    assert bold(told(at)) == []
    assert {4, 16, 25} <= set(numbers(told(at)))
    assert results(sent(choose(at, "pool_by-hand_kind", "average"))).tolist() == [[5.75, 7.25], [8.5, 8.5]]
    assert results(sent(choose(at, "pool_by-hand_kind", "global"))).tolist() == [[7.5]]


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("source", ["picture", "any-map"])
def test_any_window_over_anything_makes_what_torch_makes(source, window, kind):
    at = pooled(source, kind, window, **(MAP if source == "any-map" else {}))
    shown = sent(at)
    if source == "any-map":
        np.testing.assert_array_equal(inputs(shown)[0], maps_of(ran("tiny_vgg")["module1_relu1"])[3])
    expected = as_torch_does(inputs(shown)[0], kind, window)
    np.testing.assert_allclose(results(shown), expected, rtol=1e-6, atol=1e-6)
    for cell in corners(shown):
        assert worked_out(shown, *cell) == pytest.approx(expected[cell], rel=1e-6, abs=1e-6)
    assert left_over(inputs(shown)[0], window, kind) <= set(numbers(told(at)))


def left_over(maps: np.ndarray, window: tuple[int, int, int], kind: str) -> set[float]:
    """How many numbers go in, how many are kept, and how many no window covers; by torch."""
    ones, one = torch.ones(1, 1, *maps.shape), torch.tensor(maps)[None, None].double()
    positions, winners = F.max_pool2d(one, *window, return_indices=True)
    seen = F.fold(F.unfold(ones, window[0], 1, window[2], window[1]), maps.shape, window[0], 1, window[2], window[1])
    missed = int((seen == 0).sum())
    kept = len(winners.unique()) if kind == "max" else positions.numel()
    return {float(maps.size), float(kept), *([float(missed)] if missed else [])}


@pytest.mark.parametrize(("name", "layer"), [("tiny_vgg", "module2_pool"), ("lenet", "module1_pool"), (LARGE, "pool")])
def test_a_pooling_layer_is_the_networks(name, layer):
    at, step = opened("pooling", pool_on="layer", network=name, layer=layer, map="5"), ran(name)[layer]
    shown, before = sent(at), maps_of(ran(name)[step.sources[0]])[5]
    np.testing.assert_array_equal(inputs(shown)[0], before)
    cell = tuple(shown["at"])
    assert worked_out(shown, *cell) == pytest.approx(maps_of(step)[5][cell], rel=1e-5)
    assert {before.size, results(shown).size} <= set(numbers(told(at)))
    if name == LARGE:
        assert (shown["rule"], shown["window"]["size"]) == ("sum", [7, 7])
        np.testing.assert_array_equal(shown["siblingValues"], maps_of(step).ravel())


def test_padding_never_wins():
    shown = sent(pooled("any-map", "max", (3, 2, 1), **MAP | {"layer": "module1_conv1", "map": "0"}))
    first = terms(shown, 0, 0)
    assert first.inside.sum() == 4
    assert results(shown)[0, 0] == result_at(shown, 0, 0) == first.values[first.inside].max()
    assert (results(shown) == as_torch_does(inputs(shown)[0], "max", (3, 2, 1))).all()


@pytest.mark.parametrize(("key", "value", "says"), [("size", 5, {5, 4}), ("padding", 2, {2})])
def test_what_does_not_fit_is_said_in_a_sentence_and_can_be_undone(key, value, says):
    at = opened("pooling")
    before = set(controls(at))
    choose(at, f"pool_by-hand_{key}", value)
    assert not is_drawn(at, "calculation")
    assert says <= set(numbers(at.error[0].value))
    assert before - set(controls(at)) == {"predict", "pool_shift"}
    choose(at, f"pool_by-hand_{key}", 2 if key == "size" else 0)
    assert results(sent(at)).tolist() == [[12, 14], [15, 13]]


# ---- the shift --------------------------------------------------------------------------------


def moved(maps: np.ndarray, by: int) -> np.ndarray:
    """To the right, with the first column repeated."""
    return np.concatenate([*[maps[..., :1]] * by, maps[..., :-by]], axis=-1)


def changed(before: np.ndarray, after: np.ndarray) -> float:
    return np.abs(after - before).mean() / np.abs(before).mean()


@pytest.mark.parametrize("kind", ["max", "average", "global"])
@pytest.mark.parametrize("window", [(2, 2, 0), (3, 1, 1), (4, 4, 0), (4, 1, 1)])
def test_a_map_that_moves_is_pooled_again(kind, window):
    at, maps = pooled("by-hand", kind, window), HAND.astype(float)
    rows = [moved(maps, by) for by in (1, 2, 3)]
    pool = np.mean if kind == "global" else lambda one: as_torch_does(one, kind, window)
    shown = table(at, "change before")
    np.testing.assert_allclose(shown["change before"], [changed(maps, row) for row in rows])
    np.testing.assert_allclose(shown["change after"], [changed(pool(maps), pool(row)) for row in rows])
    assert list(shown.iloc[:, 0]) == [1, 2, 3]


@pytest.mark.parametrize(("name", "layer"), [("tiny_vgg", "module1_pool"), ("lenet", "module2_pool")])
def test_a_picture_that_moves_runs_through_the_network_again(name, layer):
    at, net = opened("pooling", pool_on="layer", network=name, layer=layer, picture="coffee"), network(name)
    still = traced(name, sample="coffee")
    image = still["image"].output
    before, after = ([maps_of(still[step])] for step in (still[layer].sources[0], layer))
    for by in (1, 8):
        steps = [one[0] for one in net.graph(torch.tensor(moved(image.numpy(), by))[None])]
        found = dict(zip(still, steps, strict=True))
        before.append(found[still[layer].sources[0]].numpy())
        after.append(found[layer].numpy())
    shown = table(at, "change before")
    for column, maps in (("change before", before), ("change after", after)):
        expected = [changed(maps[0], maps[1]), changed(maps[0], maps[2])]
        assert [shown[column].iloc[0], shown[column].iloc[7]] == pytest.approx(expected, rel=1e-5)


def test_the_sentence_says_the_row_that_the_slider_is_at():
    at = opened("pooling", pool_on="layer", network="tiny_vgg")
    for by in (1, 5, 8):
        choose(at, "pool_shift", by)
        row = table(at, "change before").iloc[by - 1]
        text = next(text for text in words_of(at) if text.startswith("Moved by"))
        assert bold(text)[0] == by
        assert bold(text)[1:3] == pytest.approx([100 * row["change before"], 100 * row["change after"]], abs=0.051)
        assert ("larger" in text.split(".")[2]) == (row["change after"] > row["change before"])
    assert fitted("tiny_vgg", "centre").picture.width == 32


def test_another_map_is_another_input():
    at = opened("pooling", pool_on="any-map", **MAP)
    other = sent(happens(at, "calculation", "choose", row=3, column=2))
    assert at.query_params["cell"] == "3,2"
    np.testing.assert_array_equal(inputs(other)[0], maps_of(ran("tiny_vgg")["module1_relu1"])[3])
    shown = sent(choose(at, "unit", 9))
    np.testing.assert_array_equal(inputs(shown)[0], maps_of(ran("tiny_vgg")["module1_relu1"])[9])
