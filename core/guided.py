"""Guided backpropagation: a network run with other rules for its ReLUs, without touching the network."""
import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F


class _Gate(torch.autograd.Function):
    """A ReLU, or ReLU6, through which only what is above zero comes back."""

    @staticmethod
    def forward(ctx, maps: Tensor, top: float) -> Tensor:
        ctx.save_for_backward((maps > 0) & (maps < top))
        return maps.clamp(0, top)

    @staticmethod
    def backward(ctx, upstream: Tensor) -> tuple[Tensor, None]:
        (gates,) = ctx.saved_tensors
        return upstream.clamp(min=0) * gates, None


class _Guided(fx.Interpreter):
    """Runs the steps of a network one by one, with gates in place of its ReLUs."""

    def call_module(self, target, args, kwargs):
        match self.fetch_attr(target):
            case nn.ReLU():
                return _Gate.apply(args[0], torch.inf)
            case nn.ReLU6():
                return _Gate.apply(args[0], 6.0)
        return super().call_module(target, args, kwargs)

    def call_function(self, target, args, kwargs):
        tops = {F.relu: torch.inf, torch.relu: torch.inf, F.relu6: 6.0}
        return _Gate.apply(args[0], tops[target]) if target in tops else super().call_function(target, args, kwargs)


def slopes(graph: fx.GraphModule, image: Tensor, index: int) -> Tensor:
    """What comes back of logit `index` to an image (C, H, W) when every ReLU lets only what is above zero through.

    Springenberg et al. 2014, https://arxiv.org/abs/1412.6806
    """
    with torch.enable_grad():
        pixels = image[None].detach().requires_grad_(True)
        (found,) = torch.autograd.grad(_Guided(graph).run(pixels)[-1][0, index], pixels)
    return found[0]
