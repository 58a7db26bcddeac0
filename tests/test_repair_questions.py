"""Questions about repair: PSNR as scikit-image has it, the winner by squared error."""
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from core import repair_questions, repairs
from core.quiz import mark


@pytest.mark.parametrize("error", [0.3, 0.05, 0.0125])
def test_psnr_is_that_of_scikit_image_and_every_slip_is_named(error):
    clean = np.zeros((8, 8))
    other = clean + np.sqrt(error)
    right = peak_signal_noise_ratio(clean, other, data_range=1)
    question = repair_questions.about_psnr(error)
    assert mark(question, right).right
    assert "has a minus" in mark(question, -right).reason
    assert "base 10" in mark(question, -10 * np.log(error)).reason
    assert not any(mark(question, trap.value).right for trap in question.traps)


def test_the_winner_has_the_smallest_error():
    clean, dice = np.zeros((1, 9, 9)), np.random.default_rng(0)
    pictures = [dice.uniform(0, size, clean.shape) for size in (0.4, 0.1, 0.8)]
    candidates = [repairs.judged(name, picture, clean) for name, picture in zip("abc", pictures, strict=True)]
    question = repair_questions.about_winner(candidates, "heavy grain")
    assert question.choices == ("a", "b", "c")
    assert question.choices[int(question.answer)] == "b"
    assert "times as large" in mark(question, 2).reason
    assert "heavy grain" in question.text
