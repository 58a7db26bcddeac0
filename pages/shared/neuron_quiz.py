"""Predict, then reveal, with a few neurons: the error of an output, and a weight after its update."""
from functools import partial

from core import neuron_questions
from core.iterations import Iteration
from pages.shared import link, predict
from pages.shared.neuron_page import Shown
from pages.shared.predict import Kind

ERROR, UPDATE = "the error", "the update"
LAST_SEEN = {ERROR: 1, UPDATE: 2}  # the last stage that gives nothing away


def until(shown: Shown) -> int:
    """The last stage that may be seen: all, or those before the one that is asked about."""
    kinds = _kinds(shown)
    chosen = predict.chosen(list(kinds))
    return LAST_SEEN[chosen] if predict.is_open(kinds[chosen].about) else 3


def ask(shown: Shown) -> None:
    """The question card, below the drawing."""
    predict.ask(_kinds(shown))


def _kinds(shown: Shown) -> dict[str, Kind]:
    now: Iteration = shown.now
    outputs, weights = range(len(now.config.targets)), list(now.config.parameters)
    output = int(shown.chosen[1:]) - 1 if shown.chosen[0] == "t" else 0
    weight = shown.chosen if shown.chosen in weights else weights[0]
    run = f"{now.config}"
    return {
        ERROR: Kind(
            f"error/{output}/{run}", partial(neuron_questions.about_error, now, output), f"error/{run}",
            output, lambda: outputs, lambda at: link.go(chosen=f"t{at + 1}"),
        ),
        UPDATE: Kind(
            f"update/{weight}/{run}", partial(neuron_questions.about_update, now, weight), f"update/{run}",
            weight, lambda: weights, lambda name: link.go(chosen=name),
        ),
    }  # fmt: skip
