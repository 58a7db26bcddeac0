"""Predict, then reveal, on the way back: which slope arrives at the number at hand."""
from core import slope_questions
from core.quiz import Question
from pages.shared import link, predict
from pages.shared.backward_place import Shown
from pages.shared.predict import Kind
from pages.shared.unit import go_to_cell


def about(shown: Shown) -> str:
    """What the answer is remembered by."""
    photo, chosen = shown.key
    return f"slope/{photo.digest}/{chosen}/{shown.aim}/{shown.facts.name}/{shown.at}"


def ask(shown: Shown) -> None:
    """The question card, below the drawing; the next question is about another cell of the map, or another unit."""

    def question() -> Question:
        kinds = {name: place.kind for name, place in shown.places.items()}
        return slope_questions.about_slope(shown.sum(), shown.layer.values[shown.at].item(), kinds)

    def cells() -> list[tuple[int, int]]:
        rows, columns = shown.layer.values.shape[1:]
        return [(row, column) for row in range(rows) for column in range(columns)]

    step = f"slope/{shown.aim}/{shown.facts.name}"
    if shown.layer.values[0].size > 1:
        kind = Kind(about(shown), question, f"{step}/{shown.map}", shown.cell, cells, go_to_cell)
    else:
        units = range(len(shown.layer.values))
        kind = Kind(about(shown), question, step, shown.map, lambda: units, lambda at: link.go(map=at))
    predict.ask({predict.NUMBER: kind})
