"""Dense: what every input adds to a unit, where on the picture it was, and all units to choose from."""
import numpy as np
import pytest
import torch

from tests.pages.apptest import choose, copied, gone, happens, opened, sent, upload, words_of
from tests.pages.calculated import inputs, result_at, weights, worked_out
from tests.pages.engine import LARGE, first_answer, maps_of, network, photo, ran
from tests.pages.reading import bold, numbers, table

LAYERS = {  # network, fully connected layer -> the step whose numbers it hears, and on whose maps they have a place
    (LARGE, "dense"): ("pool", "head_relu"),
    ("tiny_vgg", "dense"): ("module3_pool", "module3_pool"),
    ("lenet", "dense1"): ("module2_pool", "module2_pool"),
    ("lenet", "dense2"): ("relu", None),
}
EVERY = pytest.mark.parametrize(("name", "layer"), LAYERS)


def units(name: str, layer: str) -> tuple[int, int, int]:
    """The strongest, the weakest and one between."""
    order = ran(name)[layer].output.argsort().tolist()
    return order[-1], order[0], order[len(order) // 2]


@EVERY
def test_a_unit_is_made_of_the_maps_as_they_were(name, layer):
    step, came = ran(name)[layer], ran(name)[LAYERS[name, layer][0]]
    for unit in units(name, layer):
        shown = sent(opened("dense", network=name, layer=layer, map=str(unit)))
        np.testing.assert_array_equal(inputs(shown), maps_of(came))
        np.testing.assert_array_equal(weights(shown).ravel(), step.layer.weight[unit].numpy())
        assert shown["bias"] == pytest.approx(step.layer.bias[unit].item())
        output = step.output[unit].item()
        assert result_at(shown, 0, 0) == output
        assert worked_out(shown, 0, 0) == pytest.approx(output, rel=1e-4, abs=1e-5)
        assert (shown["channel"], shown["feeders"]) == (unit, [came.name])


@EVERY
def test_all_contributions_add_up(name, layer):
    for unit in units(name, layer):
        at, step = opened("dense", network=name, layer=layer, map=str(unit)), ran(name)[layer]
        parts = table(at, "contribution", "share")
        output, bias = step.output[unit].item(), step.layer.bias[unit].item()
        added = parts["contribution"]
        assert added.sum() + bias == pytest.approx(output, rel=1e-4, abs=1e-5)
        assert added.is_monotonic_decreasing
        assert parts["share"].abs().sum() == pytest.approx(1)
        heard = maps_of(ran(name)[step.sources[0]]).ravel()
        np.testing.assert_array_equal(parts["value"], heard[parts["input"]])
        np.testing.assert_array_equal(parts["weight"], step.layer.weight[unit].numpy()[parts["input"]])
        text = next(text for text in words_of(at) if "For + against + bias" in text)
        assert bold(text)[:2] == [(added > 0).sum(), (added < 0).sum()]
        assert bold(text)[-1] == pytest.approx(output, rel=1e-3)
        total = [added[added > 0].sum(), added[added < 0].sum(), bias]
        assert numbers(text)[-4:-1] == pytest.approx(total, rel=1e-3, abs=1e-6)


@EVERY
def test_drawn_back_on_the_picture_they_are_the_logit_without_its_bias(name, layer):
    at, (_, maps) = opened("dense", network=name, layer=layer), LAYERS[name, layer]
    step, unit = ran(name)[layer], sent(at)["channel"]
    text = next(text for text in words_of(at) if "On the picture" in text)
    if maps is None:
        assert not at.get("image")
        return
    features, weight = ran(name)[maps].output.double(), step.layer.weight[unit].double()
    if name == LARGE:
        cells = (weight[:, None, None] * features).sum(dim=0) / features[0].numel()
    else:
        cells = (weight.view(features.shape) * features).sum(dim=0)
    assert len(at.get("image")) == 2
    assert bold(text)[0] == pytest.approx(cells.max().item(), rel=1e-3)
    row, column = divmod(int(cells.argmax()), cells.shape[1])
    assert [row, column] == numbers(text.partition("strongest is")[2])[:2]
    assert any(number == pytest.approx(cells.sum().item(), rel=1e-3) for number in numbers(text))
    assert cells.sum().item() + step.layer.bias[unit].item() == pytest.approx(step.output[unit].item(), rel=1e-4)


@pytest.mark.parametrize("unit", [0, 7, 100, 399])
def test_what_is_only_laid_out_says_where_it_was(unit):
    at = opened("dense", network="lenet", layer="flatten", map=str(unit))
    channel, row, column = np.unravel_index(unit, (16, 5, 5))
    text = next(text for text in words_of(at) if "laid out" in text)
    assert numbers(text.partition("Number ")[2])[:4] == [unit, row, column, channel]
    assert worked_out(sent(at), 0, 0) == maps_of(ran("lenet")["module2_pool"])[channel, row, column]


# ---- which unit -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tiny_vgg", "lenet", LARGE])
def test_it_begins_with_the_class_that_the_network_says(name):
    shown = sent(opened("dense", network=name, picture="coffee"))
    logits = ran(name, sample="coffee")[list(ran(name))[-1]].output
    assert shown["channel"] == int(logits.argmax())
    np.testing.assert_allclose(shown["siblingValues"], logits, rtol=1e-4, atol=1e-5)
    order = torch.argsort(-logits, stable=True).tolist()
    assert shown["siblings"]["order"] == (order[:12] if len(order) > 12 else list(range(10)))
    assert shown["siblings"]["names"] == list(network(name).labels)


def test_the_class_at_hand_is_listed_however_unlikely_it_is():
    shown = sent(opened("dense", network=LARGE, map="3"))
    order = shown["siblings"]["order"]
    assert (len(order), order[-1]) == (13, 3)
    values = shown["siblingValues"][order]
    assert (np.diff(values) <= 0).all()


def test_classes_and_units_are_chosen_in_the_drawing_and_below_it():
    at = opened("dense", network="tiny_vgg")
    assert sent(happens(at, "calculation", "unit", channel=4))["channel"] == 4
    assert (sent(at, "softmax")["channel"], at.selectbox(key="class").value) == (4, 4)
    choose(at, "class", 9)
    assert (sent(at)["channel"], sent(at, "softmax")["channel"]) == (9, 9)
    happens(at, "softmax", "unit", channel=2)
    assert (sent(at)["channel"], at.number_input(key="unit").value) == (2, 2)
    assert sent(copied(at))["channel"] == 2


def test_a_hidden_layer_is_open_beside_the_best_class():
    at = opened("dense", network="lenet", layer="dense1", map="7")
    logits = ran("lenet")["dense2"].output
    assert (sent(at)["channel"], sent(at, "softmax")["channel"]) == (7, int(logits.argmax()))
    assert sent(at)["siblings"]["order"] == list(range(64))
    choose(at, "class", 1)
    assert (sent(at)["step"], sent(at)["channel"]) == ("dense2", 1)


def test_the_classes_of_one_network_are_not_those_of_another():
    at = opened("dense", network=LARGE, map="999")
    choose(at, "network", "lenet")
    assert sent(at)["channel"] == int(ran("lenet")["dense2"].output.argmax())
    choose(choose(at, "step", "dense1"), "network", "tiny_vgg")
    assert sent(at)["step"] == "dense"


def test_ones_own_photo_is_taken_apart():
    at = upload(opened("dense", network="tiny_vgg"), ("cup.jpg", photo("coffee")))
    best = first_answer("tiny_vgg", at.session_state["photos"][0].picture)
    assert sent(at)["channel"] == best.index
    assert sent(at, "softmax")["siblingValues"].max() == pytest.approx(best.probability, abs=1e-5)
    shown = sent(at)["values"]
    assert (sent(gone(gone(at, "network"), "dense"))["values"] == shown).all()
