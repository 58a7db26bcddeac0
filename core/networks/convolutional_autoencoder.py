"""Convolutional autoencoder: filters on the way down to the code, filters on the way up."""
from collections import OrderedDict

from torch import Tensor, nn


class ConvolutionalAutoencoder(nn.Module):
    """(N, 1, 28, 28) in 0 to 1 -> code (N, D) -> (N, 1, 28, 28).

    Masci et al. 2011, "Stacked convolutional auto-encoders"; a stride of 2 instead of pooling on the way
    down; on the way up each cell is repeated 2 x 2 before the filters (Odena et al. 2016, "Deconvolution and
    checkerboard artifacts").
    """

    def __init__(self, code: int, filters: tuple[int, int] = (16, 32)):
        super().__init__()
        few, many = filters
        self.encoder = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(1, few, 3, stride=2, padding=1),
                relu1=nn.ReLU(),
                conv2=nn.Conv2d(few, many, 3, stride=2, padding=1),
                relu2=nn.ReLU(),
                flatten=nn.Flatten(),
                dense=nn.Linear(many * 7 * 7, code),
            )
        )
        self.decoder = nn.Sequential(
            OrderedDict(
                dense=nn.Linear(code, many * 7 * 7),
                relu1=nn.ReLU(),
                maps=nn.Unflatten(1, (many, 7, 7)),
                up1=nn.Upsample(scale_factor=2),
                conv1=nn.Conv2d(many, few, 3, padding=1),
                relu2=nn.ReLU(),
                up2=nn.Upsample(scale_factor=2),
                conv2=nn.Conv2d(few, 1, 3, padding=1),
                sigmoid=nn.Sigmoid(),
            )
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.decoder(self.encoder(images))
