"""How close one picture is to another: squared error, PSNR and SSIM."""
import numpy as np
from skimage.metrics import structural_similarity


def mse(one: np.ndarray, other: np.ndarray) -> float:
    """Mean squared error; values 0 to 1."""
    return float(np.mean((np.float64(one) - other) ** 2))


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB, -10 log10(MSE) for values from 0 to 1; infinite for equal pictures."""
    error = mse(one, other)
    return float("inf") if error == 0 else float(-10 * np.log10(error))


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity, 1 for equal pictures; (C, H, W) with values 0 to 1 and sides of at least 7.

    Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity"; scikit-image's.
    """
    return float(structural_similarity(one, other, data_range=1.0, channel_axis=0))
