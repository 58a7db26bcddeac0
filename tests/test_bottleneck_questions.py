"""Questions about a bottleneck: the answers by hand, and wrong answers that are told what went wrong."""
import pytest

from core import bottleneck_questions, quiz


def test_the_share_that_is_kept_in_percent_or_as_a_part():
    question = bottleneck_questions.about_share(784, 32)
    assert question.answer == pytest.approx(0.0408, abs=1e-4)
    for right in (4.1, 0.041, 4.08):
        assert quiz.mark(question, right).right
    assert "lost" in quiz.mark(question, 95.9).reason
    assert "smaller" in quiz.mark(question, 24.5).reason


@pytest.mark.parametrize(("mse", "decibels"), [(0.01, 20), (0.001, 30), (0.05, 13.01), (1.0, 0)])
def test_decibels_of_an_error(mse, decibels):
    question = bottleneck_questions.about_psnr(mse)
    assert quiz.mark(question, decibels).right
    assert not quiz.mark(question, decibels + 1).right


def test_slips_with_decibels_are_named():
    question = bottleneck_questions.about_psnr(0.001)
    assert "sign" in quiz.mark(question, -30).reason
    assert "tenth" in quiz.mark(question, 3).reason
    assert "squared" in quiz.mark(question, 60).reason
    with pytest.raises(ValueError, match="no PSNR"):
        bottleneck_questions.about_psnr(0.0)


@pytest.mark.parametrize(("ours", "pca", "answer"), [(0.01, 0.02, 0), (0.02, 0.01, 1), (0.01, 0.0101, 2)])
def test_who_wins(ours, pca, answer):
    question = bottleneck_questions.about_winner(ours, pca, 32, 32)
    assert question.answer == answer
    for choice in range(3):
        assert quiz.mark(question, choice).right == (choice == answer)
