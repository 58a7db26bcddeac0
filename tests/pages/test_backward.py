"""Backward: every slope on the page is torch's, from a deep copy of the network; so is all that is made of it."""
import copy
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core import attribution, backwards, gradients, images, zoo
from core.nudges import Nudge
from pages.shared import link, nudge_page, panels
from tests.pages.apptest import choose, component, copied, happens, opened, press, sent, upload, words_of
from tests.pages.engine import LARGE, fitted, network, photo, step_names

KEY = "backward"
MOST = 500_000  # bytes that a drawing may be sent
LAYERS = [
    ("tiny_vgg", "module2_conv1"), ("tiny_vgg", "module1_pool"), ("tiny_vgg", "flatten"), ("lenet", "module1_conv"),
    ("lenet", "dense1"), (LARGE, "blocks_3_depthwise_conv"), (LARGE, "head_relu"), (LARGE, "dense"),
]  # fmt: skip


def pixels(name: str) -> torch.Tensor:
    return images.to_tensor(fitted(name, "centre"), network(name).preprocessing)


def losses(logits: torch.Tensor, index: int) -> dict[str, torch.Tensor]:
    target = F.one_hot(torch.tensor(index), len(logits))
    return {
        "score": logits[index],
        "cross-entropy": F.cross_entropy(logits[None], torch.tensor([index])),
        "squared error": 0.5 * ((target - logits) ** 2).sum(),
    }


def by_torch(name: str, layer: str, index: int, aim: str, picture: torch.Tensor | None = None):
    """A copy after loss.backward(), and what a layer of it gave, with its gradient."""
    twin = copy.deepcopy(network(name).model).requires_grad_(True)
    kept = {}

    def keep(module, given, output):
        kept["output"] = output
        output.retain_grad()

    modules = {known.replace(".", "_"): module for known, module in twin.named_modules()}
    modules[layer].register_forward_hook(keep)
    losses(twin(pixels(name)[None] if picture is None else picture)[0], index)[aim].backward()
    output = kept["output"]
    shape = output.shape[1:] if output.ndim == 4 else (output.numel(), 1, 1)
    maps = [one.detach().numpy().reshape(shape) for one in (output, output.grad)]
    return modules[layer], maps


def maps_of(shown: dict) -> list[np.ndarray]:
    return [shown[name].reshape(-1, shown["rows"], shown["columns"]) for name in ("maps", "slopes")]


def close(found, wanted) -> None:
    found, wanted = np.asarray(found), np.asarray(wanted)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5 * max(np.nanmax(np.abs(wanted)), 1e-9))


# ---- maps and sums ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_every_slope_is_the_networks(name, layer):
    for aim in gradients.AIMS if name != LARGE else ["cross-entropy"]:
        shown = sent(opened("backward", network=name, layer=layer, aim=aim, **{"class": "3"}), KEY)
        _, (values, slopes) = by_torch(name, layer, 3, aim)
        close(maps_of(shown)[0], values[shown["shown"]])
        close(maps_of(shown)[1], slopes[shown["shown"]])
        close(shown["open"]["gradient"], slopes[tuple(shown["open"]["at"])])
        close(shown["open"]["sum"], shown["open"]["gradient"])


@pytest.mark.parametrize("name", zoo.SPECS)
def test_all_layers_open_and_few_bytes_are_sent(name):
    some = ["image", "stem_pad", "stem_norm", "blocks_1_expand_conv", "blocks_2_add", "pool", "flatten"]
    for step in some if name == LARGE else step_names(name):
        at = opened("backward", network=name, layer=step)
        shown = sent(at, KEY)
        assert len(component(at, KEY).bytes) <= MOST, step
        assert shown["told"], step
        assert shown["map"] in shown["shown"]
        products = shown["terms"].reshape(-1, 3)
        close(products[:, 0] * products[:, 1], products[:, 2])
        whole = products[:, 2].sum() + shown["open"]["rest"]["sum"]
        assert whole == pytest.approx(shown["open"]["sum"], rel=1e-6, abs=1e-12)
        assert len(shown["open"]["places"]) + shown["open"]["rest"]["count"] == shown["open"]["terms"]


def test_a_click_takes_another_slope_apart_and_the_link_has_it():
    at = opened("backward", network="tiny_vgg", layer="module2_relu1")
    happens(at, KEY, "open", map=5, row=7, column=2)
    shown = sent(at, KEY)
    assert shown["open"]["at"] == [5, 7, 2]
    net = network("tiny_vgg")
    back = gradients.backtrace(net.graph, pixels("tiny_vgg"), None)
    wanted = backwards.explain_backward(back, "module2_relu1", (5, 7, 2))
    assert shown["open"]["terms"] == len(wanted.products) == 9 * 32
    close(shown["open"]["sum"], wanted.sum)
    assert "used this number 288 times" in shown["told"][0]
    assert sent(copied(at), KEY)["open"] == shown["open"]


def test_pooling_routes_and_gates_shut():
    def told(layer: str, **cell: str) -> tuple[str, float]:
        shown = sent(opened("backward", network="tiny_vgg", layer=layer, **cell), KEY)
        return shown["told"][0], shown["open"]["gradient"]

    shown = sent(opened("backward", network="tiny_vgg", layer="module1_relu2"), KEY)
    values = maps_of(shown)[0][0]
    window = values[10:12, 10:12]
    best = np.unravel_index(window.argmax(), (2, 2))
    for row, column in np.ndindex(2, 2):
        sentence, slope = told("module1_relu2", map="0", cell=f"{10 + row},{10 + column}")
        assert ("won" in sentence) == ((row, column) == best)
        assert slope == 0 or (row, column) == best
    values = maps_of(sent(opened("backward", network="tiny_vgg", layer="module1_conv1"), KEY))[0]
    for place in (np.argwhere(values > 0)[5], np.argwhere(values < 0)[5]):
        sentence, slope = told("module1_conv1", map=str(place[0]), cell=f"{place[1]},{place[2]}")
        assert ("open" in sentence) == (values[tuple(place)] > 0)
        assert slope == 0 or values[tuple(place)] > 0


def test_one_walks_back_to_the_picture_and_on_to_the_answer():
    at, names = opened("backward", network="lenet", layer="dense2", map="5"), step_names("lenet")
    for name in names[::-1]:
        assert sent(at, KEY)["step"] == name
        if name != names[0]:
            press(at, "step-left")
    assert at.button(key="step-left").disabled
    press(at, "step-right")
    assert sent(at, KEY)["step"] == names[1]
    happens(at, KEY, "walk", step="relu")
    assert sent(at, KEY)["step"] == "relu"
    assert at.query_params["map"] in (link.UNSET, [link.UNSET])


def test_the_way_has_the_size_of_the_slopes():
    shown = sent(opened("backward", network="tiny_vgg"), KEY)
    _, (_, slopes) = by_torch("tiny_vgg", "module2_conv1", int(shown_class(shown)), "score")
    size = {one["step"]: one["norm"] for one in shown["way"]}["module2_conv1"]
    assert size == pytest.approx(np.sqrt((slopes.astype(float) ** 2).sum()), rel=1e-4)


def shown_class(shown: dict) -> int:
    return network("tiny_vgg").labels.index(re.search(r"score of (\w+)", shown["of"]).group(1))


def test_an_own_photo_and_another_network_begin_anew():
    at = opened("backward", network="tiny_vgg", layer="module2_conv1", map="3", cell="1,1")
    upload(at, ("mine.jpg", photo("coffee")))
    mine = sent(at, KEY)
    square = images.fit(images.decode(photo("coffee")), network("tiny_vgg").preprocessing)
    picture = images.to_tensor(square, network("tiny_vgg").preprocessing)[None]
    _, (values, slopes) = by_torch("tiny_vgg", "module2_conv1", shown_class(mine), "score", picture)
    close(maps_of(mine)[0], values)
    close(mine["open"]["gradient"], slopes[3, 1, 1])
    whole = choose(at, "network", "lenet")
    assert sent(whole, KEY)["step"] == "module2_conv"


NONSENSE = {"layer": "nope", "map": "99999", "cell": "x,y", "aim": "fame", "class": "-3", "weight": "9,9,9", "by": "zz"}
NONSENSE |= {"pixel": "900,-1", "methods": "magic|", "nudge": "everything", "channel": "infrared", "colours": "none"}


@pytest.mark.parametrize("name", ["lenet", "tiny_vgg"])
def test_nonsense_falls_back(name):
    plain = sent(opened("backward", network=name), KEY)
    shown = sent(opened("backward", network=name, **{key: NONSENSE[key] for key in NONSENSE if key != "map"}), KEY)
    assert shown["open"] == plain["open"]
    assert sent(opened("backward", network=name, **NONSENSE), KEY)["map"] == plain["count"] - 1


# ---- pixels -----------------------------------------------------------------------------------


def heats(shown: dict) -> dict[str, np.ndarray]:
    """Every picture by its title and its name."""
    found, count = {}, 0
    for group in shown["groups"]:
        for panel in group["panels"]:
            if not panel["picture"]:
                found[group["title"], panel["name"]] = shown[f"panel{count}"].reshape(panel["rows"], panel["columns"])
                count += 1
    return found


def test_every_method_is_drawn_as_the_engine_has_it():
    at = opened("backward", network="tiny_vgg", methods="|".join(attribution.METHODS), twin="True")
    found, net, image = heats(sent(at, "heats")), network("tiny_vgg"), pixels("tiny_vgg")
    untrained = network("tiny_vgg", "untrained")
    assert len(found) == 2 * len(attribution.METHODS)
    for name, method in attribution.METHODS.items():
        heat = method(net.graph, image)
        close(found[name, "trained"], heat.heat)
        close(found[name, "random weights"], method(untrained.graph, image, heat.index).heat)
    image.requires_grad_(True)
    copy.deepcopy(net.model)(image[None])[0].max().backward()
    close(found["saliency", "trained"], image.grad.abs().amax(dim=0))
    check = attribution.sanity_check("saliency", net.graph, untrained.graph, image.detach(), None)
    notes = [panel["note"] for panel in sent(at, "heats")["groups"][1]["panels"]]
    assert notes == ["", f"rank correlation {check.correlation:.2f}"]
    sums = next(text for text in words_of(at) if "Does it add up" in text)
    promised, made = (float(number) for number in re.findall(r"\*\*(-?[\d.]+)\*\*", sums.replace("−", "-")))
    assert made == pytest.approx(promised, rel=0.05)


def test_large_pictures_are_averaged_and_few_bytes_are_sent():
    at = opened("backward", methods="gradient × input")
    shown = sent(at, "heats")
    assert len(component(at, "heats").bytes) <= MOST
    _, slopes = None, gradients.backtrace(network(LARGE).graph, pixels(LARGE), None).slopes["image"]
    whole = slopes.abs().amax(dim=0)
    side = heats(shown)["saliency", "trained"].shape[0]
    close(heats(shown)["saliency", "trained"], F.avg_pool2d(whole[None], 224 // side)[0])


def test_methods_that_are_put_away_stay_away():
    at = opened("backward", network="lenet")
    assert {title for title, _ in heats(sent(at, "heats"))} == {"saliency", "gradient × input", "Grad-CAM"}
    choose(at, "methods", [])
    assert {title for title, _ in heats(sent(at, "heats"))} == {"saliency"}
    assert {title for title, _ in heats(sent(copied(at), "heats"))} == {"saliency"}
    choose(at, "methods", ["occlusion"])
    assert {title for title, _ in heats(sent(copied(at), "heats"))} == {"saliency", "occlusion"}


def test_an_untrained_network_has_no_twin():
    at = opened("backward", network="lenet", training="untrained", twin="True")
    assert at.toggle(key="twin").disabled
    assert len(heats(sent(at, "heats"))) == 3


# ---- weights ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "layer", "unit"), [
    ("tiny_vgg", "module2_conv1", 3), ("lenet", "dense1", 7), (LARGE, "blocks_1_depthwise_conv", 40),
    (LARGE, "head_norm", 5),
])  # fmt: skip
def test_the_gradient_beside_the_kernel_is_torchs(name, layer, unit):
    at = opened("backward", network=name, layer=layer, map=str(unit), **{"class": "2"})
    shown = sent(at, "kernels")
    module, _ = by_torch(name, layer, 2, "score")
    kernel, gradient = (one[unit].detach().numpy() for one in (module.weight, module.weight.grad))
    shape = (*kernel.shape, 1, 1, 1)[:3]
    kernels, slopes = heats(shown).values()
    close(kernels, panels.mosaic(kernel.reshape(shape))[0])
    close(slopes, panels.mosaic(gradient.reshape(shape))[0])
    largest = np.abs(gradient).max()
    told = next(text for text in words_of(at) if "Together that is its slope" in text)
    assert abs(float(re.search(r"slope, \*\*(\S+)\*\*", told).group(1))) == pytest.approx(largest, rel=1e-3)


def test_a_weight_is_chosen_and_so_is_the_bias():
    at = opened("backward", network="tiny_vgg", layer="module2_conv1", map="3", **{"class": "2"})
    happens(at, "kernels", "choose", row=5, column=2)
    assert at.query_params["weight"] in ("4,1,2", ["4,1,2"])
    assert sent(copied(at), "kernels")["at"] == [5, 2]
    press(at, "to-bias")
    module, _ = by_torch("tiny_vgg", "module2_conv1", 2, "score")
    told = next(text for text in words_of(at) if "The bias of map 3" in text)
    slope = float(re.search(r"slope, \*\*(\S+)\*\*", told).group(1))
    assert slope == pytest.approx(module.bias.grad[3].item(), rel=1e-3)
    happens(at, "kernels", "choose", row=3, column=3)  # between two kernels there is none
    assert at.query_params["weight"] in ("bias", ["bias"])


def test_a_layer_without_weights_leads_to_one_that_has_some():
    at = opened("backward", network="tiny_vgg", layer="module2_relu1")
    press(at, "to-weights")
    assert sent(at, KEY)["step"] == "module2_conv1"


def test_a_place_in_the_mosaic_is_found_again():
    for count, size in ((16, 3), (7, 5), (10, 1), (1, 3)):
        kernels = np.arange(count * size * size, dtype=np.float32).reshape(count, size, size)
        cells, tile = panels.mosaic(kernels)
        for tap in np.ndindex(kernels.shape):
            assert panels.tap(tile, *panels.cell(tile, tap)) == tap
            assert cells[panels.cell(tile, tap)] == kernels[tap]
        assert np.isfinite(cells).sum() == kernels.size


# ---- nudges -----------------------------------------------------------------------------------


def numbers(at) -> tuple[float, float, float]:
    """Slope, predicted and real change as the page has them."""
    told = next(text for text in words_of(at) if "slope × step" in text).replace("−", "-")
    slope, predicted = re.search(r"step = (\S+) × \S+ = \*\*(\S+)\*\*", told).groups()
    return float(slope), float(predicted), float(re.findall(r"\*\*(\S+)\*\*", told)[-1])


@pytest.mark.parametrize("aim", gradients.AIMS)
def test_a_nudged_pixel_does_in_torch_what_the_page_says(aim):
    nudge = {"pixel": "12,20", "channel": "green", "by": "0.5", "nudging": "True", "class": "4"}
    at = opened("backward", network="tiny_vgg", aim=aim, **nudge)
    twin, image = copy.deepcopy(network("tiny_vgg").model).double(), pixels("tiny_vgg").double().requires_grad_(True)
    before = losses(twin(image[None])[0], 4)[aim]
    before.backward()
    changed = image.detach().clone()
    changed[1, 12, 20] += 0.5
    real = (losses(twin(changed[None])[0], 4)[aim] - before).item()
    slope = image.grad[1, 12, 20].item()
    assert numbers(at) == pytest.approx((slope, slope / 2, real), rel=1e-6, abs=1e-12)


def test_a_nudged_weight_does_in_torch_what_the_page_says():
    place = {"layer": "module2_conv1", "map": "3", "weight": "4,1,2", "nudge": "a weight", "by": "-0.25", "class": "4"}
    place["nudging"] = "True"
    at = opened("backward", network="tiny_vgg", **place)
    twin, image = copy.deepcopy(network("tiny_vgg").model).double().requires_grad_(True), pixels("tiny_vgg").double()
    before = twin(image[None])[0, 4]
    before.backward()
    weight = twin.get_submodule("module2.conv1").weight
    with torch.no_grad():
        weight[3, 4, 1, 2] -= 0.25
        real = (twin(image[None])[0, 4] - before).item()
    slope = weight.grad[3, 4, 1, 2].item()
    assert numbers(at) == pytest.approx((slope, -0.25 * slope, real), rel=1e-6)


def test_a_click_on_the_pixels_nudges_there():
    at = opened("backward", network="lenet", nudging="True")
    happens(at, "heats", "choose", row=3, column=17)
    assert any("the pixel in row 3, column 17" in text for text in words_of(at))
    assert sent(copied(at), "heats")["at"] == [3, 17]
    choose(at, "by", 0.0)
    assert any("A step of 0" in text for text in words_of(at))


def test_the_verdict_says_why():
    assert "They agree" in nudge_page.verdict(Nudge(0.1, 2.0, 1.0, 1.2))
    assert "They differ" in nudge_page.verdict(Nudge(1.0, 2.0, 1.0, 1.5))
    assert "Both are 0" in nudge_page.verdict(Nudge(1.0, 0.0, 1.0, 1.0))
    assert "a gate has opened" in nudge_page.verdict(Nudge(9.0, 0.0, 1.0, 1.5))
