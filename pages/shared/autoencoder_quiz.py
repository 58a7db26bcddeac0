"""Predict, then reveal, on the Autoencoder page: how much is kept, the error in decibels, the network against PCA."""
from functools import partial

from core import bottleneck_questions
from core.quiz import Question
from pages.shared import autoencoder_beside, code_choices, link, predict
from pages.shared.code_view import PSNR, Shown
from pages.shared.predict import Kind

SHARE, WINNER = "what is kept", "network or PCA"
TOLD_BESIDE = {PSNR, WINNER}  # what the comparison would give away


def hidden(shown: Shown) -> set[str]:
    """What the page keeps to itself until it is answered: the share, the PSNR, or all about PCA."""
    asked = predict.chosen(_names(shown))
    return {asked} if predict.is_open(_about(asked, shown)) else set()


def _names(shown: Shown) -> list[str]:
    return [SHARE, *([PSNR] if _mse(shown) > 0 else []), WINNER]


def _mse(shown: Shown) -> float:
    return shown.scores[0] if shown.whole else shown.passage.mse


def _about(asked: str, shown: Shown) -> str:
    return f"{asked}/{shown.chosen.name}" if asked == SHARE else f"{asked}/{shown.about}"


def ask(shown: Shown) -> None:
    """The question card."""
    questions = {
        SHARE: partial(bottleneck_questions.about_share, *shown.counts),
        PSNR: partial(bottleneck_questions.about_psnr, _mse(shown)),
        WINNER: partial(_about_winner, shown),
    }
    known = [(kind, code) for kind, sizes in code_choices.KNOWN.items() for code in sizes]
    places = [place for place in known if (place[0] == code_choices.PHOTO) == shown.chosen.tiled]
    now = (shown.chosen.kind, shown.chosen.spec.code)
    more = (now, lambda: places, _go)
    predict.ask({name: Kind(_about(name, shown), questions[name], name, *more) for name in _names(shown)})


def _about_winner(shown: Shown) -> Question:
    ours, _, pca, _ = autoencoder_beside.entries(shown)
    return bottleneck_questions.about_winner(ours.mse, pca.mse, ours.numbers, pca.numbers)


def _go(place: tuple[str, int]) -> None:
    kind, code = place
    link.go(ae_kind=kind, ae_code=code, **code_choices.without_moves())
