import re
import subprocess
import sys

import numpy as np
import pytest
import skimage.data
from sklearn.datasets import load_digits

from core import samples
from core.images import WORKING_PIXELS
from core.samples import SAMPLES, Sample, load

DIGITS = [sample for sample in SAMPLES.values() if sample.row is not None]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_picture_with_a_title_and_a_credit(name):
    sample, picture = SAMPLES[name], load(name)
    assert picture.mode == "RGB"
    assert 100 <= min(picture.size) <= max(picture.size) <= WORKING_PIXELS**0.5
    assert np.ptp(picture) > 150
    assert re.fullmatch("[a-z0-9-]+", sample.name)
    assert sample.name == name
    assert sample.title
    assert sample.credit


def test_a_first_visit_begins_with_the_cat():
    assert next(iter(SAMPLES)) == "cat"
    assert len({sample.title for sample in SAMPLES.values()}) == len(SAMPLES)


@pytest.mark.parametrize("name", ["coffee", "coins", "camera"])
def test_a_photo_is_the_one_its_package_shows(name):
    judge = getattr(skimage.data, name)()
    np.testing.assert_array_equal(np.asarray(load(name))[..., 0], judge if judge.ndim == 2 else judge[..., 0])


@pytest.mark.parametrize("sample", DIGITS, ids=lambda sample: sample.name)
def test_a_digit_is_the_one_it_is_called(sample):
    judge = load_digits()
    assert sample.name == f"digit-{judge.target[sample.row]}"
    cells = np.asarray(load(sample.name).convert("L").resize((8, 8), 4, (16, 16, 96, 96)))  # one per cell, its mean
    assert np.corrcoef(cells.ravel(), judge.images[sample.row].ravel())[0, 1] < -0.97


@pytest.mark.parametrize("sample", DIGITS, ids=lambda sample: sample.name)
def test_a_digit_is_black_ink_on_white_paper_with_a_margin(sample):
    grey = np.asarray(load(sample.name).convert("L"))
    assert grey.shape == (112, 112)
    assert (np.concatenate([grey[:6], grey[-6:], grey.T[:6], grey.T[-6:]]) == 255).all()
    assert grey.min() < 30


def test_a_sample_that_does_not_exist_names_those_that_do():
    with pytest.raises(ValueError, match="cat, coffee"):
        load("dog")


@pytest.mark.parametrize("package", ["skimage", "package_that_is_not_there"])
def test_a_missing_file_says_what_to_do(package, monkeypatch):
    monkeypatch.setitem(SAMPLES, "lost", Sample("lost", "A lost picture", "nobody", package, "data/lost.png"))
    with pytest.raises(ValueError, match=rf"A lost picture: {package}/data/lost.png is missing; install"):
        load("lost")


def test_loading_imports_neither_package():
    code = "import sys; from core import samples; [samples.load(name) for name in ('cat', 'flower', 'digit-3')]"
    code += "; print({'skimage', 'sklearn'} & set(sys.modules))"
    root = samples.Path(samples.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
