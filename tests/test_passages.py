"""What goes through the steps of a network with a picture: sizes as torch's own autograd gives them."""
import copy

import pytest
import torch

from core import gradients, images, samples, zoo
from core.passages import passages
from core.trace import places


@pytest.fixture(scope="module", params=["tiny_vgg", "lenet"])
def net(request):
    return zoo.load(request.param, True)


@pytest.fixture(scope="module")
def image(net):
    return images.to_tensor(images.fit(samples.load("cat"), net.preprocessing, "centre"), net.preprocessing)


@pytest.mark.parametrize("aim", gradients.AIMS)
def test_sizes_are_those_of_torch(net, image, aim):
    found = passages(net.graph, image, aim, 3)
    model = copy.deepcopy(net.graph)
    outputs = model(image[None].clone().requires_grad_(True))
    for output in outputs:
        if output.requires_grad:
            output.retain_grad()
    gradients.AIMS[aim](outputs[-1][0], 3).backward()
    assert [passage.name for passage in found] == list(places(net.graph))
    for passage, output in zip(found, outputs, strict=True):
        assert passage.activation == pytest.approx(output.square().mean().sqrt().item(), rel=1e-5)
        assert passage.upstream == pytest.approx(output.grad.square().mean().sqrt().item(), rel=1e-5)
        assert passage.zeros == pytest.approx((output.grad == 0).double().mean().item())


def test_only_the_winner_of_a_pooling_gets_a_slope(net, image):
    found = {passage.name: passage for passage in passages(net.graph, image, "score", 3)}
    before_pooling = next(passage for passage in found.values() if "relu" in passage.name and passage.zeros >= 0.7)
    assert before_pooling.zeros < 1


def test_another_class_has_other_slopes_and_the_same_values(net, image):
    one, other = (passages(net.graph, image, "score", index) for index in (3, 4))
    assert [passage.activation for passage in one] == [passage.activation for passage in other]
    assert one[0].upstream != other[0].upstream
    assert not any(parameter.grad is not None for parameter in net.graph.parameters())
    assert torch.equal(image, image.detach())
