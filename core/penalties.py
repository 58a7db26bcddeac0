"""What each kind of autoencoder pays besides its error: activity, reaction to pixels, distance from a plain cloud."""
import torch
from torch import Tensor, nn

from core import autoencoders
from core.networks.variational_autoencoder import drawn


def activity(codes: Tensor) -> Tensor:
    """Mean |h| over the units of each code, (N, D) -> (N,); the sparse penalty. Ng 2011, "Sparse autoencoder"."""
    return codes.abs().mean(dim=1)


def active(codes: Tensor) -> Tensor:
    """Share of the units that are not zero, (N, D) -> (N,)."""
    return (codes != 0).float().mean(dim=1)


def jacobian_norm(model: nn.Module, images: Tensor) -> Tensor:
    """Squared Frobenius norm of d code / d pixels, (N,), for one sigmoid layer: sum_j (h_j (1 - h_j))^2 sum_i W_ji^2.

    Rifai et al. 2011, "Contractive auto-encoders". ValueError for other encoders, which have no such short form.
    """
    _, *layers = model.encoder
    if [type(layer) for layer in layers] != [nn.Linear, nn.Sigmoid]:
        raise ValueError("this form of the Jacobian is for an encoder of one layer with sigmoids")
    codes = model.encoder(images)
    return ((codes * (1 - codes)).square() * layers[0].weight.square().sum(dim=1)).sum(dim=1)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of each unit's Gaussian from the standard one, nats, (N, D).

    (mean^2 + variance - 1 - log variance) / 2; Kingma and Welling 2013, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


def penalty(name: str, model: nn.Module, images: Tensor) -> Tensor:
    """What the autoencoder's own kind adds to the loss of each picture, (N,); zeros for kinds that add nothing."""
    match autoencoders.spec(name).kind:
        case "sparse":
            return activity(autoencoders.encode(model, images))
        case "contractive":
            return jacobian_norm(model, images)
        case "variational":
            return divergence(*autoencoders.posterior(model, images)).sum(dim=1)
    return torch.zeros(len(images))


def cross_entropy(rebuilt: Tensor, images: Tensor) -> Tensor:
    """Binary cross-entropy of each picture, nats, summed over its pixels: (N, C, H, W) twice -> (N,)."""
    pixels = nn.functional.binary_cross_entropy(rebuilt, images, reduction="none")
    return pixels.flatten(1).sum(dim=1)


def negative_elbo(model: nn.Module, images: Tensor, dice: torch.Generator) -> Tensor:
    """Cross-entropy of one sample of the code plus its divergence, nats a picture, (N,): at least -log p(picture)."""
    mean, log_variance = autoencoders.posterior(model, images)
    rebuilt = autoencoders.decode(model, drawn(mean, log_variance, dice))
    return cross_entropy(rebuilt, images) + divergence(mean, log_variance).sum(dim=1)
