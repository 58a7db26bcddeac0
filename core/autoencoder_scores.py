"""What the autoencoders we ship are worth on pictures they never saw, beside what was there before them."""
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from core import autoencoders, corruptions, penalties, rivals, zoo
from core.autoencoder_recipes import pictures, test_errors
from core.datasets import DATASETS
from core.fitting import normalise

NOISE = 0.5  # standard deviation of the grain that the denoising networks are judged by
FILTERED = 300  # pictures that the classical filters are tried on; all settings of one take 0.1 s
SAMPLES, SURE = 1000, 0.9


@dataclass(frozen=True)
class Score:
    """A measured number beside the one it should be compared with."""

    name: str
    metric: str
    value: float
    reference: str
    reference_value: float | None


def scores(data: Path) -> list[Score]:
    """Every score; the pictures are read from `data`. ValueError if they are not there."""
    return [*_digits(pictures(DATASETS["mnist"](data, "test"))), *_tiles(pictures(DATASETS["cifar10"](data, "test")))]


def _mean_error(name: str, images: Tensor) -> float:
    return test_errors(autoencoders.load(name).model, images).mean().item()


def _pca_error(images: Tensor, dataset: str, code: int) -> float:
    _, rebuilt = rivals.pca(images, dataset, code)
    return (rebuilt - images).square().mean().item()


@torch.inference_mode()
def _digits(images: Tensor) -> list[Score]:
    pca = {code: _pca_error(images, "mnist", code) for code in (2, 8, 32)}
    error = {name: _mean_error(name, images) for name, spec in autoencoders.SPECS.items() if spec.dataset == "mnist"}
    found = [Score(f"digits_{code}", "MSE", error[f"digits_{code}"], f"PCA, {code}", pca[code]) for code in pca]
    sparse, near, far = (autoencoders.load(f"digits_{n}").model for n in ("sparse", "contractive", "not_contractive"))
    share = penalties.active(autoencoders.encode(sparse, images)).mean().item()
    norms = [penalties.jacobian_norm(model, images).mean().item() for model in (near, far)]
    return [
        *found,
        Score("digits_sparse", "share of units active", share, "at most", 0.1),
        Score("digits_sparse", "MSE", error["digits_sparse"], "PCA, 32", pca[32]),
        Score("digits_contractive", "squared Jacobian norm", norms[0], "without the penalty", norms[1]),
        Score("digits_contractive", "MSE", error["digits_contractive"], "without it", error["digits_not_contractive"]),
        Score("digits_convolutional", "MSE", error["digits_convolutional"], "dense, 32", error["digits_32"]),
        *_denoised("digits_denoising", images),
        *_variational(images),
    ]


def psnrs(rebuilt: Tensor, images: Tensor) -> Tensor:
    """PSNR of each picture in dB, (N,)."""
    return -10 * (rebuilt - images).square().flatten(1).mean(dim=1).log10()


def _denoised(name: str, images: Tensor) -> list[Score]:
    damaged = corruptions.corrupt(images, "Gaussian noise", NOISE)
    ours = psnrs(autoencoders.reconstruct(autoencoders.load(name).model, damaged), images)
    few = list(zip(damaged[:FILTERED].numpy(), images[:FILTERED].numpy(), strict=True))
    best = {}
    for filter_name in rivals.FILTERS:
        repaired = torch.stack([torch.from_numpy(rivals.best_filtered(filter_name, *pair)[0]) for pair in few])
        best[filter_name] = psnrs(repaired, images[:FILTERED]).mean().item()
    winner = max(best, key=best.get)
    return [
        Score(name, "PSNR, dB", ours.mean().item(), "the noisy picture", psnrs(damaged, images).mean().item()),
        Score(name, f"PSNR of {FILTERED}, dB", ours[:FILTERED].mean().item(), f"best filter: {winner}", best[winner]),
    ]


def _variational(images: Tensor) -> list[Score]:
    dice, found, lenet = torch.Generator().manual_seed(0), [], zoo.load("lenet")
    for code in (2, 16):
        name = f"digits_variational_{code}"
        model = autoencoders.load(name).model
        elbo = penalties.negative_elbo(model, images, dice).mean().item()
        _, new = autoencoders.sample(model, SAMPLES, dice)
        sure = lenet.model(normalise((new * 255), lenet.preprocessing)).softmax(dim=1).amax(dim=1) >= SURE
        found.append(Score(name, "negative ELBO, nats", elbo, "at most", 115.0 if code == 16 else None))
        found.append(Score(name, f"of {SAMPLES:,} new digits LeNet is sure of", sure.sum().item(), "of", SAMPLES))
    return found


@torch.inference_mode()
def _tiles(images: Tensor) -> list[Score]:
    found = []
    for code in (64, 128, 256):
        _, rebuilt = rivals.pca(images, "cifar10", code)
        pca = psnrs(rebuilt, images).mean().item()
        ours = -test_errors(autoencoders.load(f"tiles_{code}").model, images).log10().mean().item() * 10
        found.append(Score(f"tiles_{code}", "PSNR, dB", ours, f"PCA, {code}", pca))
    return [*found, *_denoised("tiles_denoising", images)]
