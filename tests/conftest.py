"""What many tests need: a network worked out by hand, the networks of the zoo, and a watch on what must not change."""
from contextlib import contextmanager
from functools import cache

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

from core import images, samples, zoo

torch.set_num_threads(1)  # one a forward pass, as in the app; more wait for each other where other programs run too


@pytest.fixture(autouse=True)
def dice() -> None:
    """The same random weights in every run: what fails once fails again."""
    torch.manual_seed(0)


@pytest.fixture
def tiny_cnn() -> nn.Module:
    """Two 3x3 kernels of ones, fixed biases: every number that tests expect of it was worked out by hand."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2, bias=False)).double()
    with torch.no_grad():
        model[0].weight.fill_(1.0)
        model[0].bias.copy_(torch.tensor([-50.0, -75.0]))
        model[3].weight.copy_(torch.tensor([[1.0] * 8, [1.0] * 4 + [-1.0] * 4]))
    return model


@pytest.fixture
def ramp() -> torch.Tensor:
    """0 to 15, (1, 4, 4)."""
    return torch.arange(16.0, dtype=torch.float64).view(1, 4, 4)


@pytest.fixture(scope="session")
def network():
    """network(name, trained=True): a network of the zoo, loaded once for all tests."""
    return cache(zoo.load)


@pytest.fixture(scope="session")
def seen():
    """seen(name, sample): what the network of that name is fed of a built-in picture, (C, H, W)."""

    @cache
    def make(name: str, sample: str) -> torch.Tensor:
        preprocessing = zoo.spec(name).preprocessing
        return images.to_tensor(images.fit(samples.load(sample), preprocessing), preprocessing)

    return make


@pytest.fixture(scope="session")
def package() -> nn.Module:
    """EfficientNet-Lite0 as somebody else wrote it, with the same weights."""
    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(torch.load(zoo.published_file(), weights_only=True))
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def unnoticed():
    """with unnoticed(model): nothing may be left on the model, whatever happens to it inside."""

    def state(model: nn.Module) -> list:
        modules, parameters = list(model.modules()), list(model.parameters())
        hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in modules]
        grads = [(p.requires_grad, p.grad, p._backward_hooks) for p in parameters]
        return [m.training for m in modules], hooks, grads

    @contextmanager
    def watch(model: nn.Module):
        before, weights = state(model), {name: tensor.clone() for name, tensor in model.state_dict().items()}
        yield
        assert state(model) == before
        assert all(torch.equal(tensor, weights[name]) for name, tensor in model.state_dict().items())

    return watch
