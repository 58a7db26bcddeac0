"""What a small autoencoder makes of pictures, and what PCA makes of them with as many numbers."""
import numpy as np
import torch

from core import checkup, squeeze_data, squeeze_training
from core.squeeze_data import Tiles
from core.toy_data import Data
from core.training import State


def rebuilt(state: State, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes (N, D) and pictures (N, C, H, W) that a state makes of pictures in 0 to 1; of a cloud, of its mean."""
    seen = checkup.outputs(squeeze_training.network_of(state), torch.tensor(pictures))
    *_, out = seen.values()
    name = next(place for place in ("sample", "code_act", "code") if place in seen)
    return seen[name].numpy(), out.numpy()


def given(state: State, pictures: np.ndarray) -> np.ndarray:
    """Test pictures (N, C, H, W) as the autoencoder gets them: damaged if it is a denoising one."""
    return squeeze_training.damaged(torch.tensor(pictures), state.config.noise, state.config.seed).numpy()


def photo(state: State) -> tuple[np.ndarray, np.ndarray]:
    """The photo of a run on tiles as it is given, and as it is rebuilt from its tiles: (H, W, C) uint8 each."""
    data: Tiles = state.config.data
    entered = given(state, squeeze_data.cut(data))
    _, found = rebuilt(state, entered)
    return squeeze_data.joined(entered, data), squeeze_data.joined(found, data)


def pca_error(data: Data, code: int, noise: float = 0.0, seed: int = 0) -> float:
    """Mean squared error on the tests of PCA with `code` components, fitted to the same training pictures.

    What the best straight way to the code and back leaves: no autoencoder without bends can do better on those it
    was fitted to. With noise the tests are damaged as a denoising autoencoder gets them. ValueError if there are fewer
    pictures or pixels than components.
    """
    damaged = squeeze_training.damaged(torch.tensor(data.test_inputs), noise, seed).numpy()
    known, tests, entered = (some.reshape(len(some), -1) for some in (data.inputs, data.test_inputs, damaged))
    if code > min(known.shape):
        raise ValueError(f"PCA finds at most {min(known.shape)} components here, not {code}")
    mean = known.mean(axis=0)
    _, _, directions = np.linalg.svd(known - mean, full_matrices=False)  # those of most variance first
    straight = directions[:code]
    return float(np.mean(((entered - mean) @ straight.T @ straight + mean - tests) ** 2))
