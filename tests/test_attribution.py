"""Heat maps against captum, against differences in every direction, and against what they promise."""
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import FrozenInstanceError

import pandas
import pytest
import torch
from captum import attr
from torch import nn
from torch.nn import functional as F

from core import attribution, zoo
from core.attribution import MEANINGS, METHODS, noisy, rank_correlation, sanity_check
from core.trace import graph_of
from tests.test_explain import Calls

SMALL = ["tiny_vgg", "lenet"]


def judged(judge, model, image, index, **settings):
    """What captum makes of it, (C, H, W); it hooks what it is given, and wants a picture of its own."""
    pixels = image[None].clone().requires_grad_(True)
    return getattr(attr, judge)(deepcopy(model)).attribute(pixels, target=index, **settings)[0].detach()


def close(found, expected):
    assert expected.any()
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4 * expected.abs().max().item())


@pytest.mark.parametrize("index", [3, 8])
@pytest.mark.parametrize("name", zoo.SPECS)
def test_saliency_agrees_with_captum(network, seen, name, index):
    net, image = network(name), seen(name, "cat")
    found = attribution.saliency(net.graph, image, index)
    close(found.values, judged("Saliency", net.model, image, index, abs=False))
    close(found.heat, judged("Saliency", net.model, image, index).amax(dim=0))


@pytest.mark.parametrize("name", zoo.SPECS)
def test_gradient_times_input_agrees_with_captum(network, seen, name):
    net, image = network(name), seen(name, "cat")
    expected = judged("InputXGradient", net.model, image, 3)
    found = attribution.gradient_times_input(net.graph, image, 3)
    close(found.values, expected)
    close(found.heat, expected.sum(dim=0))


def test_gradient_times_input_makes_the_score_where_there_are_no_biases():
    model = nn.Sequential(nn.Conv2d(1, 3, 3, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(12, 2, bias=False))
    found = attribution.gradient_times_input(graph_of(model.double()), torch.rand(1, 4, 4).double(), 0)
    assert found.sum == pytest.approx(found.score, rel=1e-12)


@pytest.mark.parametrize(("name", "steps"), [("lenet", 8), ("tiny_vgg", 50), ("efficientnet_lite0", 3)])
def test_integrated_gradients_agree_with_captum(network, seen, name, steps):
    net, image, baseline = network(name), seen(name, "cat"), seen(name, "coffee")
    settings = dict(n_steps=steps, method="riemann_middle", internal_batch_size=steps)
    for given in (None, baseline):
        blank = 0 if given is None else given[None]
        expected = judged("IntegratedGradients", net.model, image, 3, baselines=blank, **settings)
        found = attribution.integrated_gradients(net.graph, image, 3, steps, given)
        close(found.values, expected)
        close(found.heat, expected.sum(dim=0))


@pytest.mark.parametrize("name", zoo.SPECS)
def test_integrated_gradients_add_up_to_how_far_the_score_rises(network, seen, name):
    net, image = network(name), seen(name, "cat")
    empty = attribution.saliency(net.graph, torch.zeros_like(image), 3).score
    found = attribution.integrated_gradients(net.graph, image, 3, steps=8)
    assert found.promised == pytest.approx(found.score - empty, rel=1e-4)
    if name in SMALL:
        finer = attribution.integrated_gradients(net.graph, image, 3, steps=512)
        assert abs(finer.sum - finer.promised) < 0.01 * abs(finer.promised)
        assert abs(finer.sum - finer.promised) < abs(found.sum - found.promised)


# captum says that it hooks its copy
@pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU activations:UserWarning")
@pytest.mark.parametrize("name", SMALL)
def test_guided_backpropagation_agrees_with_captum(network, seen, name):
    net, image = network(name), seen(name, "cat")
    close(attribution.guided_backpropagation(net.graph, image, 3).values, judged("GuidedBackprop", net.model, image, 3))


def test_guided_backpropagation_through_relu6_is_what_hooks_make_of_it(network, seen):
    net, image = network("efficientnet_lite0"), seen("efficientnet_lite0", "cat")
    model = deepcopy(net.model)  # captum leaves ReLU6 as it is
    for layer in model.modules():
        if isinstance(layer, nn.ReLU6):
            layer.register_full_backward_hook(lambda _, slopes, __: (slopes[0].clamp(min=0),))
    # a hook sees the slope after the gate; before or after is the same, since a gate is 0 or 1
    pixels = image[None].clone().requires_grad_(True)
    (expected,) = torch.autograd.grad(model(pixels)[0, 3], pixels)
    close(attribution.guided_backpropagation(net.graph, image, 3).values, expected[0])


def test_relus_that_are_functions_are_guided_as_well():
    torch.manual_seed(0)
    layers = dict(one=nn.Conv2d(2, 4, 3), two=nn.Conv2d(4, 4, 3), flat=nn.Flatten(), dense=nn.Linear(16, 3))
    inside = Calls(lambda s, x: s.dense(s.flat(F.relu6(s.two(F.relu(s.one(x)))))), **layers)
    outside = nn.Sequential(layers["one"], nn.ReLU(), layers["two"], nn.ReLU6(), layers["flat"], layers["dense"])
    image = torch.randn(2, 6, 6)
    found = [attribution.guided_backpropagation(graph_of(model), image, 1).values for model in (inside, outside)]
    assert found[0].any()
    torch.testing.assert_close(found[0], found[1])


@pytest.mark.parametrize("name", SMALL)
def test_smooth_grad_is_the_mean_saliency_of_noisy_copies(network, seen, name):
    net, image = network(name), seen(name, "cat")
    copies = noisy(image, 5, 0.2, seed=3)
    spread = (copies - image).std() / (image.max() - image.min())
    assert spread == pytest.approx(0.2, rel=0.05)
    expected = torch.stack([judged("Saliency", net.model, copy, 3, abs=False) for copy in copies]).mean(dim=0)
    found = attribution.smooth_grad(net.graph, image, 3, 5, 0.2, seed=3)
    close(found.values, expected)
    close(found.heat, expected.abs().amax(dim=0))
    assert torch.equal(found.values, attribution.smooth_grad(net.graph, image, 3, 5, 0.2, seed=3).values)
    assert not torch.equal(found.values, attribution.smooth_grad(net.graph, image, 3, 5, 0.2, seed=4).values)


def test_smooth_grad_without_noise_is_saliency(network, seen):
    graph, image = network("lenet").graph, seen("lenet", "cat")
    close(attribution.smooth_grad(graph, image, 3, spread=0).heat, attribution.saliency(graph, image, 3).heat)


@pytest.mark.parametrize(
    ("name", "window", "stride", "places"),
    [("lenet", 4, 4, 7), ("lenet", 9, 4, 6), ("tiny_vgg", 5, 3, 10), ("efficientnet_lite0", 80, 72, 3)],
)
def test_occlusion_agrees_with_captum(network, seen, name, window, stride, places):
    net, image = network(name), seen(name, "cat")
    channels, shape = len(image), (len(image), window, window)
    settings = dict(sliding_window_shapes=shape, strides=(channels, stride, stride), baselines=0.5)
    found = attribution.occlusion(net.graph, image, 3, window, stride, fill=0.5)
    close(found.heat, judged("Occlusion", net.model, image, 3, **settings)[0])
    assert found.values.shape == (1, places, places)


def test_occlusion_by_hand(tiny_cnn, ramp):
    # logit 1 of the ramp is 54; without its lower right quarter (10, 11, 14, 15) the windows make 35, 33, 57 and 40:
    # less 50 the first map keeps 7, less 75 the second nothing
    found = attribution.occlusion(graph_of(tiny_cnn), ramp, 1, window=2)
    assert (found.values.shape, found.values[0, 1, 1]) == ((1, 2, 2), 54 - 7)
    assert found.heat[2:, 2:].tolist() == [[47, 47], [47, 47]]


# ---- what they have in common --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", zoo.SPECS)
def test_slopes_say_how_the_score_changes_in_a_random_direction(network, name):
    size, channels = network(name).preprocessing.size, network(name).preprocessing.channels
    graph, dice = graph_of(deepcopy(network(name).model).double()), torch.Generator().manual_seed(1)
    image = torch.randn(channels, size, size, generator=dice).double()  # without equal cells under a pooling window
    change = 1e-7 * torch.randn(image.shape, generator=dice).double()

    def score(pixels):
        with torch.inference_mode():
            return torch.stack([graph(one[None])[-1][0, 7] for one in pixels]).mean()

    def agrees(slopes, pixels):
        expected = (score(pixels + change) - score(pixels - change)) / 2
        torch.testing.assert_close((slopes * change).sum(), expected, rtol=1e-3, atol=1e-14)

    agrees(attribution.saliency(graph, image, 7).values, image[None])
    if name in SMALL:
        agrees(attribution.gradient_times_input(graph, image, 7).values / image, image[None])
        agrees(attribution.smooth_grad(graph, image, 7, 2, 0.1, seed=5).values, noisy(image, 2, 0.1, seed=5))
        way = attribution.integrated_gradients(graph, image, 7, steps=1).values / image
        agrees(way, image[None] / 2)  # the slope half way


@pytest.mark.parametrize("method", METHODS)
def test_shapes_and_what_a_result_says(network, seen, unnoticed, method):
    net, image = network("tiny_vgg"), seen("tiny_vgg", "cat")
    with unnoticed(net.graph):
        found = METHODS[method](net.graph, image)
    logits = net.model(image[None])[0]
    assert (found.method, found.index) == (method, logits.argmax())
    assert found.score == pytest.approx(logits.max().item(), rel=1e-4)
    assert found.values.shape[1:] == ((8, 8) if method in ("Grad-CAM", "occlusion") else (32, 32))
    assert found.heat.shape == ((8, 8) if method == "Grad-CAM" else (32, 32))
    assert found.sum == pytest.approx(found.values.sum().item(), rel=1e-4, abs=1e-4)
    assert found.signed or found.heat.min() >= 0
    assert not found.heat.requires_grad
    assert not image.requires_grad
    with pytest.raises(FrozenInstanceError):
        found.heat = None
    assert METHODS[method](net.graph, image, 5).index == 5


@pytest.mark.parametrize("method", METHODS)
def test_a_class_that_is_not_there_is_named(network, seen, unnoticed, method):
    net = network("lenet")
    for index in (-1, 10):
        with unnoticed(net.graph), pytest.raises(ValueError, match=f"no class {index}; the network knows 0 to 9"):
            METHODS[method](net.graph, seen("lenet", "cat"), index)


@pytest.mark.parametrize("method", METHODS)
def test_eight_threads_get_their_own_heat_maps(network, unnoticed, method):
    graph, pictures = network("lenet").graph, torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    alone = torch.stack([METHODS[method](graph, image).heat for image in pictures])
    with unnoticed(graph), ThreadPoolExecutor(8) as pool:
        together = torch.stack([found.heat for found in pool.map(METHODS[method], [graph] * 16, pictures)])
    assert torch.pdist(alone.flatten(1)).min() > 1e-2  # or a mix-up would not show
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-4)


def test_every_method_has_a_sentence():
    assert list(MEANINGS) == list(METHODS)
    assert all(sentence.endswith(".") for sentence in MEANINGS.values())


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda *given: attribution.integrated_gradients(*given, steps=0), "need 1 step or more, not 0"),
        (lambda *given: attribution.integrated_gradients(*given, baseline=torch.zeros(1)), r"\(1, 28, 28\) like the"),
        (lambda *given: attribution.smooth_grad(*given, count=0), "1 copy or more and noise of 0 or more, not 0 and"),
        (lambda *given: attribution.smooth_grad(*given, spread=-0.1), "not 16 and -0.1"),
        (lambda *given: attribution.occlusion(*given, window=29), "1 to 28 and its stride 1 to the window, not 29 and"),
        (lambda *given: attribution.occlusion(*given, window=4, stride=5), "not 4 and 5"),
        (lambda *given: attribution.grad_cam(*given, layer="flatten"), "flatten has no maps to weigh"),
    ],
)
def test_a_setting_that_can_not_be_is_named(network, seen, asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        asked(network("lenet").graph, seen("lenet", "cat"), 3)


# ---- is it about the network at all? -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("method", METHODS)
def test_a_network_is_compared_with_its_untrained_twin(network, seen, name, method):
    graph, twin, image = network(name).graph, network(name, False).graph, seen(name, "cat")
    found = sanity_check(method, graph, twin, image, None)
    assert found.trained.index == found.random.index == METHODS[method](graph, image).index
    assert torch.equal(found.random.heat, METHODS[method](twin, image, found.trained.index).heat)
    heats = [pandas.Series(one.heat.flatten().numpy()) for one in (found.trained, found.random)]
    assert found.correlation == pytest.approx(heats[0].rank().corr(heats[1].rank()), abs=1e-6)
    assert -0.7 < found.correlation < 0.7
    assert sanity_check(method, graph, graph, image, None).correlation == pytest.approx(1)


def test_rank_correlation_by_hand():
    rising = torch.tensor([[1.0, 2.0], [3.0, 100.0]])
    assert rank_correlation(rising, rising**3) == pytest.approx(1)
    assert rank_correlation(rising, -rising) == pytest.approx(-1)
    assert rank_correlation(rising, torch.tensor([[2.0, 1.0], [3.0, 4.0]])) == pytest.approx(0.8)
    assert rank_correlation(rising, torch.zeros(2, 2)) == 0


def test_a_method_that_is_not_there_is_named(network, seen):
    graph = network("lenet").graph
    with pytest.raises(ValueError, match="no method 'magic'; choose one of saliency, gradient × input, integrated"):
        sanity_check("magic", graph, graph, seen("lenet", "cat"), 3)
