"""Denoising autoencoder for colour tiles: what the damage hides does not get through the code."""
from collections import OrderedDict

from torch import Tensor, nn


class TileDenoiser(nn.Module):
    """(N, 3, H, W) damaged -> (N, 3, H, W) repaired; H and W are multiples of 4.

    The code is a stack of maps with a quarter of the rows and columns. Vincent et al. 2010, "Stacked denoising
    autoencoders".
    """

    def __init__(self, filters: tuple[int, int, int] = (16, 32, 64)):
        super().__init__()
        few, some, many = filters
        self.encoder = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(3, few, 3, padding=1),
                relu1=nn.ReLU(),
                conv2=nn.Conv2d(few, some, 3, stride=2, padding=1),
                relu2=nn.ReLU(),
                conv3=nn.Conv2d(some, many, 3, stride=2, padding=1),
                relu3=nn.ReLU(),
                conv4=nn.Conv2d(many, many, 3, padding=1),
                relu4=nn.ReLU(),
            )
        )
        self.decoder = nn.Sequential(
            OrderedDict(
                up1=nn.Upsample(scale_factor=2),
                conv1=nn.Conv2d(many, some, 3, padding=1),
                relu1=nn.ReLU(),
                up2=nn.Upsample(scale_factor=2),
                conv2=nn.Conv2d(some, few, 3, padding=1),
                relu2=nn.ReLU(),
                conv3=nn.Conv2d(few, 3, 3, padding=1),
            )
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.decoder(self.encoder(images))
