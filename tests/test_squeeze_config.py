"""What can be built: the layers and their numbers, and a sentence for everything that can't be."""
import json
import re
from dataclasses import replace

import pytest
import torch

from core import architectures, squeeze_data, squeeze_training
from core.squeeze_config import KINDS, Config, to_json, widths
from core.squeeze_layers import costs, layers_of
from core.squeeze_presets import PRESETS, TILES, beginning
from core.toy_data import Choice
from tests.test_squeeze_data import PHOTO

TILE = squeeze_data.of_photo(PHOTO, "p")


@pytest.mark.parametrize("data", [Choice(), TILE], ids=["digits", "tiles"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_what_the_network_is(kind, data):
    config = beginning(kind, data)
    layers = layers_of(config)
    network = squeeze_training.network_of(squeeze_training.begin(config))
    entered = squeeze_data.shape(data)
    seen = dict(network.steps(torch.rand(2, *entered)))
    assert list(seen) == [layer.name for layer in layers]
    assert [tuple(values.shape[1:]) for values in seen.values()] == [layer.shape for layer in layers]
    counts = {name: sum(p.numel() for p in layer.parameters()) for name, layer in network.named_children()}
    assert counts == {layer.name: layer.parameters for layer in layers}
    *_, last = seen.values()
    assert last.shape[1:] == entered
    assert 0 <= last.min() <= last.max() <= 1


def test_layers_shrink_to_the_code_and_grow_again():
    dense = {layer.name: layer.shape for layer in layers_of(Config(layers=3, nodes=100, code=20))}
    assert widths(Config(layers=3, nodes=100, code=20)) == [100, 50, 25]
    names = ["encoder1", "encoder2", "encoder3", "code", "decoder1", "decoder2", "decoder3", "output"]
    assert [dense[name][0] for name in names] == [100, 50, 25, 20, 25, 50, 100, 64]
    maps = {layer.name: layer.shape for layer in layers_of(Config(kind="convolutional", layers=3, nodes=4))}
    found = [maps[f"encoder{at}"] for at in (1, 2, 3)]
    assert found == [(4, 4, 4), (8, 2, 2), (16, 1, 1)]
    assert [maps[name] for name in ("decoder2", "decoder3", "output")] == [(8, 2, 2), (4, 4, 4), (1, 8, 8)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (dict(code=64), "64 pixels through a code of 64 units is no squeeze.*1 to 63, or the sparse kind"),
        (dict(kind="sparse", code=63, layers=0), "a code of 64 at least"),
        (dict(kind="convolutional", layers=4), "8 × 8 pixels can't be halved 4 times: take fewer layers"),
        (dict(kind="convolutional", layers=0), "a convolutional encoder has 1 to 4 layers"),
        (dict(kind="denoising", noise=0.0), "set the noise above 0"),
        (dict(noise=0.5), "noise does nothing for the undercomplete kind"),
        (dict(penalty=0.5), "a penalty does nothing for the undercomplete kind"),
        (dict(nodes=7), "encoder1 would have 7 nodes, fewer than the code's 8"),
        (dict(layers=4, nodes=32), "encoder4 would have 4 nodes.*fewer layers, or a smaller code"),
        (dict(kind="contractive", code=60, nodes=500), "take at most 333 nodes"),
        (dict(data=Choice("moons")), "rebuilds pictures"),
        (dict(kind="magic"), "choose one of undercomplete, sparse"),
        (dict(loss="cross-entropy"), "choose one of MSE, binary cross-entropy"),
        (dict(batch=0), "1 to 128 pictures"),
        (dict(rate=0.0), "above 0"),
        (dict(code=0), "1 to 1,024 units"),
    ],
)
def test_what_cannot_be_is_explained(change, said):
    with pytest.raises(ValueError, match=said):
        Config(**change)


def test_too_many_parameters_are_named_with_their_layer():
    big = squeeze_data.of_photo(PHOTO, "p", 16)
    config = beginning("sparse", big)
    with pytest.raises(ValueError, match=r"parameters are too many, 500,000 are allowed: most are in .*grey tiles"):
        squeeze_training.begin(config)
    squeeze_training.begin(beginning("sparse", squeeze_data.of_photo(PHOTO, "p", 16, colour=False)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cost_is_what_the_changed_network_has(kind):
    config = beginning(kind, Choice())
    total = sum(layer.parameters for layer in layers_of(config))
    found = {cost.choice.split()[0]: cost for cost in costs(config)}
    assert found["loss"].more == 0
    changes = {"code": dict(code=2 * config.code), "layers": dict(layers=config.layers + 1)}
    changes |= {("filters" if kind == "convolutional" else "nodes"): dict(nodes=2 * config.nodes)}
    for name, change in changes.items():
        cost = found[name]
        if cost.parameters is None:
            with pytest.raises(ValueError, match=re.escape(cost.why)):
                layers_of(replace(config, **change))
            continue
        network = architectures.build(layers_of(replace(config, **change)))
        assert cost.parameters == sum(p.numel() for p in network.parameters()) == total + cost.more


def test_a_description_has_no_photo_in_it():
    text = to_json(beginning("undercomplete", TILE))
    assert "photo" not in json.loads(text)["data"]
    assert len(text) < 1000
    assert json.loads(text)["code"] == 16


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_be_built(name):
    preset = PRESETS[name]
    data = TILE if preset.on == TILES else Choice()
    assert layers_of(beginning(preset.kind, data, **preset.changes))
