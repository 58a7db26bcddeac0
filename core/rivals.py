"""What autoencoders are measured against: principal components and JPEG for squeezing, classical filters for repair."""
import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy.ndimage import median_filter
from skimage.filters import gaussian
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle
from torch import Tensor

from core.principal import components

LEAST_NOISE = 0.01  # where most of a picture is one colour no grain is found; the filter divides by it


def pca(images: Tensor, dataset: str, code: int) -> tuple[Tensor, Tensor]:
    """Codes (N, D) and rebuilt pictures (N, C, H, W) of the linear way: as many principal components as the code has.

    ValueError if fewer are known.
    """
    mean, found = components(dataset)
    if not 1 <= code <= len(found):
        raise ValueError(f"1 to {len(found)} components are known, not {code}")
    codes = (images.flatten(1) - mean) @ found[:code].T
    return codes, (codes @ found[:code] + mean).view_as(images).clamp(0, 1)


def jpeg(picture: np.ndarray, most: int) -> tuple[np.ndarray, int]:
    """The best JPEG of at most so many bytes, (H, W, C) uint8, and its bytes; the smallest there is if none fits."""
    tried = [_jpeg(picture, quality) for quality in (1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 65, 80, 90, 95)]
    fitting = [data for data in tried if len(data) <= most]
    data = fitting[-1] if fitting else tried[0]
    shown = np.asarray(Image.open(io.BytesIO(data)))
    return shown.reshape(picture.shape), len(data)


def _jpeg(picture: np.ndarray, quality: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture.squeeze()).save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()


# ---- filters that repair; each takes (C, H, W) from 0 to 1 and a setting -------------------------


def _gaussian(damaged: np.ndarray, sigma: float) -> np.ndarray:
    return gaussian(damaged, sigma, channel_axis=0)


def _total_variation(damaged: np.ndarray, weight: float) -> np.ndarray:
    return denoise_tv_chambolle(damaged, weight, channel_axis=0)


def noise(picture: np.ndarray) -> float:
    """Standard deviation of the grain in (C, H, W): median of finest diagonal Haar wavelets / 0.6745 (normal).

    Donoho and Johnstone 1994, "Ideal spatial adaptation by wavelet shrinkage".
    """
    down = picture[:, : picture.shape[1] // 2 * 2, : picture.shape[2] // 2 * 2]
    diagonal = (down[:, ::2, ::2] - down[:, ::2, 1::2] - down[:, 1::2, ::2] + down[:, 1::2, 1::2]) / 2
    return float(np.median(np.abs(diagonal)) / 0.6745)


def _median(damaged: np.ndarray, size: float) -> np.ndarray:
    return median_filter(damaged, (1, int(size), int(size)), mode="nearest")


def _non_local(damaged: np.ndarray, strength: float) -> np.ndarray:
    sigma = max(noise(damaged), LEAST_NOISE)
    sizes = dict(patch_size=5, patch_distance=6, h=strength * sigma, sigma=sigma, fast_mode=True)
    if len(damaged) == 1:  # scikit-image would give a single channel back without its axis, rows and columns swapped
        return denoise_nl_means(damaged[0], **sizes)[None]
    return denoise_nl_means(damaged, channel_axis=0, **sizes)


FILTERS: dict[str, tuple[Callable[[np.ndarray, float], np.ndarray], tuple[float, ...]]] = {
    "Gaussian": (_gaussian, (0.5, 0.8, 1.2, 1.8, 2.5, 3.5)),
    "median": (_median, (3, 5, 7)),
    "total variation": (_total_variation, (0.05, 0.1, 0.2, 0.4, 0.8)),
    "non-local means": (_non_local, (0.2, 0.4, 0.6, 0.8, 1.0, 1.3)),
}


def filtered(name: str, damaged: np.ndarray, setting: float) -> np.ndarray:
    """(C, H, W) from 0 to 1 through a filter of FILTERS; ValueError for another name."""
    if name not in FILTERS:
        raise ValueError(f"there is no filter {name!r}; choose one of {', '.join(FILTERS)}")
    function, _ = FILTERS[name]
    return np.clip(function(np.ascontiguousarray(damaged, dtype=np.float32), setting), 0, 1)


def best_filtered(name: str, damaged: np.ndarray, clean: np.ndarray) -> tuple[np.ndarray, float]:
    """What the filter can do at best, and its setting: judged by the clean picture, which favours the filter."""
    _, settings = FILTERS[name]
    tried = [(filtered(name, damaged, setting), setting) for setting in settings]
    return min(tried, key=lambda one: float(np.mean((one[0] - clean) ** 2)))
