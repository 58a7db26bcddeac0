"""Designed filters against scipy and scikit-image, by what they do to flat pictures and to steps, and as text."""
import itertools

import numpy as np
import pytest
from scipy import ndimage
from skimage import filters

from core.kernels import PRESETS, as_text, bank, from_text, preset, resized, titled
from core.ops import Window, conv2d

dice = np.random.default_rng(0)
picture = dice.uniform(size=(9, 8))


def applied(name, image):
    kernel = PRESETS[name]
    return conv2d(image[None], kernel[None, None], Window(len(kernel)))[0]


def inner(image):
    return image[1:-1, 1:-1]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_square_that_nobody_can_change(name):
    kernel = PRESETS[name]
    assert kernel.dtype == float
    assert kernel.shape == ((7, 7) if name == "curve detector" else (3, 3))
    with pytest.raises(ValueError, match="read-only"):
        kernel[0, 0] = 1


@pytest.mark.parametrize("name", PRESETS)
def test_a_flat_picture_stays_as_it_is_or_turns_to_nothing(name):
    keeps = {"identity", "box blur", "Gaussian blur", "sharpen", "emboss"}
    sums = {"curve detector": 180.0} | dict.fromkeys(keeps, 1.0)
    np.testing.assert_allclose(applied(name, np.full((8, 8), 5.0)), 5.0 * sums.get(name, 0.0), atol=1e-12)


def test_scipy_gives_the_same():
    judges = {
        "identity": picture,
        "box blur": ndimage.uniform_filter(picture, 3),
        "Gaussian blur": ndimage.correlate1d(ndimage.correlate1d(picture, [0.25, 0.5, 0.25], 0), [0.25, 0.5, 0.25], 1),
        "sharpen": picture - ndimage.laplace(picture),
        "outline": 9 * (picture - ndimage.uniform_filter(picture, 3)),
        "Sobel left": -ndimage.sobel(picture, axis=1),
        "Sobel right": ndimage.sobel(picture, axis=1),
        "Sobel top": -ndimage.sobel(picture, axis=0),
        "Sobel bottom": ndimage.sobel(picture, axis=0),
        "Laplacian": ndimage.laplace(picture),
    }
    assert PRESETS.keys() - judges.keys() == {"emboss", "curve detector"}
    for name, expected in judges.items():
        np.testing.assert_allclose(applied(name, picture), inner(expected), atol=1e-12, err_msg=name)


def test_scikit_image_gives_a_quarter_of_the_same_edges():
    np.testing.assert_allclose(applied("Sobel bottom", picture), 4 * inner(filters.sobel_h(picture)), atol=1e-12)
    np.testing.assert_allclose(applied("Sobel right", picture), 4 * inner(filters.sobel_v(picture)), atol=1e-12)


@pytest.mark.parametrize(("side", "turns"), [("left", 0), ("bottom", 1), ("right", 2), ("top", 3)])
def test_a_sobel_is_positive_where_the_side_in_its_name_is_brighter(side, turns):
    step = np.rot90(np.repeat([[1.0, 1.0, 0.0, 0.0]], 4, axis=0), turns)  # brighter on that side
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[side]
    for name in ("left", "right", "top", "bottom"):
        expected = {side: 4.0, opposite: -4.0}.get(name, 0.0)
        np.testing.assert_array_equal(applied(f"Sobel {name}", step), expected)


def test_emboss_lifts_what_gets_brighter_towards_the_lower_right():
    towards, away = np.add.outer(np.arange(4.0), np.arange(4.0)), np.add.outer(-np.arange(4.0), -np.arange(4.0))
    assert (applied("emboss", towards) > inner(towards)).all()
    assert (applied("emboss", away) < inner(away)).all()


def test_the_curve_detector_is_thirty_along_one_stroke():
    rows, columns = np.nonzero(PRESETS["curve detector"])
    assert set(PRESETS["curve detector"].ravel()) == {0.0, 30.0}
    np.testing.assert_array_equal(rows, np.arange(6))  # one cell a row
    assert set(np.diff(columns)) == {-1, 0}


@pytest.mark.parametrize("name", ["sharpen", "curve detector"])
@pytest.mark.parametrize("size", [3, 4, 7, 8, 11])
def test_what_was_filled_up_is_cut_back(name, size):
    kernel = PRESETS[name]
    if size >= len(kernel):
        grown = resized(kernel, size)
        assert grown.shape == (size, size)
        assert grown.sum() == kernel.sum()
        np.testing.assert_array_equal(resized(grown, len(kernel)), kernel)


def test_resizing_keeps_the_middle_by_hand():
    np.testing.assert_array_equal(resized(PRESETS["outline"], 1), [[8]])
    np.testing.assert_array_equal(resized(PRESETS["outline"], 2), [[-1, -1], [-1, 8]])
    np.testing.assert_array_equal(resized(np.array([[1, 2], [3, 4]]), 3), [[1, 2, 0], [3, 4, 0], [0, 0, 0]])
    np.testing.assert_array_equal(resized(np.array([[5]]), 3), PRESETS["identity"] * 5)
    np.testing.assert_array_equal(resized(PRESETS["curve detector"], 3), [[0, 30, 0]] * 3)
    with pytest.raises(ValueError, match="at least 1 cell"):
        resized(PRESETS["outline"], 0)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 11])
def test_a_box_blur_of_any_size_is_the_mean_of_its_window(size):
    kernel, image = preset("box blur", size), dice.uniform(size=(12, 12))
    blurred = conv2d(image[None], kernel[None, None], Window(size))[0]
    means = ndimage.uniform_filter(image, size, origin=-(size // 2) if size % 2 == 0 else 0)
    half = (size - 1) // 2 if size % 2 else 0
    rows = len(blurred)
    np.testing.assert_allclose(blurred, means[half : half + rows, half : half + rows], atol=1e-12)


@pytest.mark.parametrize("name", PRESETS)
def test_every_other_preset_is_filled_up_or_cut(name):
    np.testing.assert_array_equal(preset(name, len(PRESETS[name])), PRESETS[name])
    if name != "box blur":
        for size in (1, 2, 4, 5, 9):
            np.testing.assert_array_equal(preset(name, size), resized(PRESETS[name], size))


def test_what_was_cut_says_so_in_its_name():
    assert titled("curve detector", 3) == "curve detector, cut to 3 × 3"
    assert titled("outline", 2) == "outline, cut to 2 × 2"
    for name, size in (("curve detector", 7), ("curve detector", 11), ("outline", 3), ("identity", 1), ("box blur", 1)):
        assert titled(name, size) == name


def test_what_was_resized_is_a_copy():
    resized(PRESETS["identity"], 3)[1, 1] = 7
    assert PRESETS["identity"][1, 1] == 1


def test_a_bank_goes_round_the_presets_with_the_same_square_on_each_channel():
    filters_of_bank = bank("Laplacian", 15, 5, 2)
    names = list(PRESETS)
    assert filters_of_bank.shape == (15, 2, 5, 5)
    assert filters_of_bank.dtype == float
    after = itertools.islice(itertools.cycle(names), names.index("Laplacian"), None)
    for square, name in zip(filters_of_bank, after, strict=False):
        np.testing.assert_array_equal(square, [preset(name, 5)] * 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("Sobel", 1, 3, 1), "there is no kernel 'Sobel'; choose one of identity, box blur"),
        (("emboss", 0, 3, 1), "not 0 and 1"),
        (("emboss", 1, 3, 0), "not 1 and 0"),
    ],
)
def test_an_impossible_bank_says_so(wrong, message):
    with pytest.raises(ValueError, match=message):
        bank(*wrong)


@pytest.mark.parametrize(
    "kernel", [*PRESETS.values(), dice.normal(size=(2, 3, 4, 4)) * 1e-8, dice.normal(size=7) * 1e5]
)
def test_text_brings_back_exactly_the_same_numbers(kernel):
    again = from_text(as_text(kernel), kernel.shape)
    np.testing.assert_array_equal(again, kernel)
    assert again.dtype == float


def test_text_is_short_and_its_whole_numbers_are_whole():
    assert as_text(PRESETS["sharpen"]) == "0,-1,0,-1,5,-1,0,-1,0"
    assert as_text(np.array([-0.0, 0.1, 1e6, -1e-7])) == "0,0.1,1000000,-1e-07"
    assert as_text(np.array([[3]])) == "3"
    np.testing.assert_array_equal(from_text(" 1, −2 ,.5,3e2", (2, 2)), [[1, -2], [0.5, 300]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,3", "^3 numbers found, but 4 are needed \\(2 × 2\\), with commas between them$"),
        ("1", "^1 number found, but 4 are needed"),
        ("  ", "^0 numbers found"),
        ("1,2,3,4,", "^5 numbers found"),
        ("1,2,x,4", "^number 3, 'x', is not a number; write it like 2, 0.5 or -1$"),
        ("1,,3,4", "^number 2, '', is not a number"),
        ("1,2,3,1/9", "^number 4, '1/9', is not a number"),
        ("nan,2,3,4", "^number 1, 'nan', is out of range; write one between -1,000,000 and 1,000,000$"),
        ("1,-inf,3,4", "^number 2, '-inf', is out of range"),
        ("1,2,3,1000000.1", "^number 4, '1000000.1', is out of range"),
        ("1,2,3,-2e6", "out of range"),
        (f"1,2,3,{'y' * 5000}", f"^number 4, '{'y' * 20}', is not a number"),
    ],
)
def test_text_that_is_wrong_says_what_would_be_right(text, message):
    with pytest.raises(ValueError, match=message):
        from_text(text, (2, 2))
