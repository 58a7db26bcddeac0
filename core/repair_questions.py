"""Questions about repaired pictures: PSNR from a squared error, and which repair comes closest."""
import math
from collections.abc import Sequence

from core.numerals import equals, read, shown
from core.quiz import Question, Trap, posed
from core.repairs import Judged


def about_psnr(mse: float) -> Question:
    """PSNR in dB of a squared error above 0, as it is shown."""
    mse = read(shown(mse))
    answer = -10 * math.log10(mse)
    slips = {
        "PSNR has a minus: a smaller error gives more decibels.": -answer,
        "20 belongs to the root of the error; the MSE is squared already.": 2 * answer,
        "The logarithm is the one to base 10.": -10 * math.log(mse),
        "The logarithm is still to be multiplied by 10.": answer / 10,
    }
    calculation = f"−10 · log₁₀({shown(mse)}) {equals(answer, answer)} {shown(answer)} dB."
    text = f"The mean squared error of a picture with values from 0 to 1 is {shown(mse)}. What is its PSNR, in dB?"
    return posed(text, answer, [Trap(value, why) for why, value in slips.items()], calculation, 0.05)


def about_winner(candidates: Sequence[Judged], what: str) -> Question:
    """Which of several pictures is closest to the clean one, by squared error; `what` names the damage."""
    errors = [one.mse for one in candidates]
    answer = errors.index(min(errors))
    names = tuple(one.name for one in candidates)
    listed = ", ".join(f"{one.name} {shown(one.mse)}" for one in candidates)
    traps = [
        Trap(at, f"Its squared error is {shown(error / errors[answer])} times as large as the smallest.")
        for at, error in enumerate(errors)
        if at != answer and errors[answer]
    ]
    text = f"Damage: {what}. Which picture is closest to the clean one, by mean squared error?"
    return posed(text, answer, traps, f"Mean squared errors: {listed}.", 0.0, names)
