"""Questions about a bottleneck: how much is kept, what an error is in decibels, and who rebuilds the picture better."""
from math import log10

from core.numerals import read, shown
from core.quiz import Question, Trap, posed, tolerance

WINNERS = ("this network", "PCA", "about the same")
CLOSE = 1.02  # within 2 percent nobody has won


def about_share(numbers: int, kept: int) -> Question:
    """Which share of the numbers the code keeps."""
    share = kept / numbers
    slips = {
        "That is how much is lost; the question is what is kept.": 1 - share,
        "That is how many times smaller it is.": numbers / kept,
    }
    text = f"The picture is {numbers:,} numbers, its code {kept:,}. What percentage is kept?"
    calculation = f"{kept:,} / {numbers:,} = {100 * share:.3g} %: one number for every {shown(numbers / kept)}."
    traps = [Trap(value, reason) for reason, value in slips.items()]
    return posed(text, share, traps, calculation, 0.02 * share, percent=True)


def about_psnr(mse: float) -> Question:
    """The PSNR of a mean squared error; pixels go from 0 to 1. ValueError for an error of 0, which has none."""
    if mse <= 0:
        raise ValueError("equal pictures have no PSNR to ask for")
    answer = -10 * log10(read(shown(mse)))
    slips = {
        "The sign is missing: the smaller the error, the more decibels.": -answer,
        "A decibel is a tenth of a bel: times 10.": answer / 10,
        "20 · log₁₀ is for amplitudes; this error is squared already.": 2 * answer,
    }
    text = f"The mean squared error is {shown(mse)}, pixels go from 0 to 1. How many dB is the PSNR, −10 · log₁₀(MSE)?"
    calculation = f"−10 · log₁₀({shown(mse)}) = {answer:.1f} dB; ten times the error is 10 dB less."
    traps = [Trap(value, reason) for reason, value in slips.items()]
    return posed(text, answer, traps, calculation, max(tolerance(answer), 0.15))


def about_winner(ours: float, pca: float, numbers: int, pca_numbers: int) -> Question:
    """Whose rebuilt picture has the smaller mean squared error."""
    ratio = max(ours, pca) / max(min(ours, pca), 1e-12)
    answer = 2 if ratio < CLOSE else 0 if ours < pca else 1
    text = (
        f"This network keeps {numbers:,} numbers, PCA {pca_numbers:,}. Which rebuilds this picture with the smaller "
        f"mean squared error?"
    )
    calculation = f"This network: {shown(ours)}, PCA: {shown(pca)}. The larger is {shown(ratio)} times the smaller."
    traps = [Trap(at, f"It was {WINNERS[answer]}.") for at in range(3) if at != answer]
    return posed(text, answer, traps, calculation, 0.0, WINNERS)
