"""Principal components, the straight way to squeeze a picture: what every autoencoder is measured against."""
from typing import TYPE_CHECKING

from torch import Tensor

from core import zoo

if TYPE_CHECKING:
    from sklearn.decomposition import PCA

FILES = {"mnist": "pca_digits", "cifar10": "pca_tiles"}  # data set -> weight file with mean and components


def of(images: Tensor, count: int) -> "PCA":
    """scikit-learn's principal components of (N, C, H, W) in 0 to 1."""
    from sklearn.decomposition import PCA  # takes a second to import, and only training needs it

    return PCA(count, svd_solver="covariance_eigh").fit(images.flatten(1).numpy())


def components(dataset: str) -> tuple[Tensor, Tensor]:
    """Mean (P,) and principal components (D, P), most important first, of a data set's training pictures."""
    stored = zoo.own_weights(FILES[dataset])
    return stored["mean"].float(), stored["components"].float()
