"""Nudges: small steps do what the slope says, large ones what the network does, and nobody else notices."""
import copy

import pytest
import torch

from core import gradients, images, nudges, samples, zoo


def ready(name):
    net = zoo.load(name)
    return net, images.to_tensor(images.fit(samples.load("cat"), net.preprocessing, "centre"), net.preprocessing)


@pytest.mark.parametrize("aim", gradients.AIMS)
def test_a_small_step_does_what_the_slope_predicts(aim):
    net, image = ready("tiny_vgg")
    small, large = nudges.nudge_pixel(net.graph, image, 3, aim, (1, 16, 16), [1e-5, 3.0])
    assert small.real == pytest.approx(small.predicted, rel=1e-3)
    assert large.predicted == pytest.approx(3e5 * small.predicted)
    changed = image.clone()
    changed[1, 16, 16] += 3.0
    before, after = (gradients.AIMS[aim](net.model(x[None])[0], 3).item() for x in (image, changed))
    assert (large.before, large.after) == pytest.approx((before, after), rel=1e-4, abs=1e-5)
    slope = gradients.backtrace(net.graph, image, 3, aim=aim).slopes["image"][1, 16, 16].item()
    assert large.slope == pytest.approx(slope, rel=1e-3)


def test_a_weight_is_changed_in_a_copy():
    for name, layer, place in (("tiny_vgg", "module2_conv1", (3, 1, 0, 2)), ("lenet", "dense2", (4, 7))):
        net, image = ready(name)
        kept = {key: value.clone() for key, value in net.model.state_dict().items()}
        (found,) = nudges.nudge_weight(net.graph, image, 2, "score", layer, "weight", place, [0.25])
        twin = copy.deepcopy(net.model).requires_grad_(True)
        weight = dict(twin.named_parameters())[layer.replace("_", ".") + ".weight"]
        score = twin(image[None])[0, 2]
        (slopes,) = torch.autograd.grad(score, weight)
        with torch.no_grad():
            weight[place] += 0.25
            after = twin(image[None])[0, 2].item()
        assert found.slope == pytest.approx(slopes[place].item(), rel=1e-3, abs=1e-6)
        assert (found.before, found.after) == pytest.approx((score.item(), after), rel=1e-4, abs=1e-5)
        assert all(torch.equal(value, kept[key]) for key, value in net.model.state_dict().items())
        assert not any(weight.requires_grad for weight in net.model.parameters())


def test_what_does_not_fit_is_named():
    net, image = ready("lenet")
    with pytest.raises(ValueError, match="1 × 28 × 28 numbers"):
        nudges.nudge_pixel(net.graph, image, 0, "score", (0, 28, 0), [1.0])
    with pytest.raises(ValueError, match="there is no class 10"):
        nudges.nudge_pixel(net.graph, image, 10, "score", (0, 0, 0), [1.0])
    with pytest.raises(ValueError, match="no slopes of 'fame'"):
        nudges.nudge_pixel(net.graph, image, 0, "fame", (0, 0, 0), [1.0])
    with pytest.raises(ValueError, match="finite"):
        nudges.nudge_pixel(net.graph, image, 0, "score", (0, 0, 0), [float("nan")])
    with pytest.raises(ValueError, match="module1_relu has no weight"):
        nudges.nudge_weight(net.graph, image, 0, "score", "module1_relu", "weight", (0,), [1.0])
    with pytest.raises(ValueError, match="no step called 'nowhere'"):
        nudges.nudge_weight(net.graph, image, 0, "score", "nowhere", "weight", (0,), [1.0])
