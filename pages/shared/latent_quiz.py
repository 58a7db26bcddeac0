"""Predict, then reveal, in the space of codes: a place on the walk, a sample from a cloud, and what a cloud costs."""
from functools import partial

from core import latent, latent_questions
from pages.shared import link, predict
from pages.shared.latent_place import Shown, ask
from pages.shared.predict import Kind

WALK, SAMPLE, COST = "a walk", "a sample", "a cloud's cost"
NOISES = (-1.4, 0.6, -0.5, 1.8, -2.1, 1.1, -0.9, 0.3, 1.5)  # of the dice, as somebody might throw them
PLACES = range(len(NOISES))


def asked(shown: Shown) -> str:
    """The kind of question that waits for its answer; "" if none does."""
    if not (kinds := _kinds(shown)):
        return ""
    kind = predict.chosen(list(kinds))
    return kind if predict.is_open(kinds[kind].about) else ""


def pose(shown: Shown) -> None:
    """The question card; on empty paper there may be nothing to ask about."""
    if kinds := _kinds(shown):
        predict.ask(kinds)


def _kinds(shown: Shown) -> dict[str, Kind]:
    place = link.index("latent_quiz", len(PLACES), 2)
    found = {}
    if shown.has_walk:
        one, other = (float(end.code[0]) for end in shown.ends)
        walk = partial(latent_questions.about_walk, one, other, (place + 1) / 10)
        found[WALK] = _kind(f"walk/{shown.name}/{one:g}/{other:g}", place, walk)
    if shown.has_clouds and shown.hand is not None:
        cloud = ask(latent.cloud, shown.name, shown.image)
        unit = place % len(cloud.mean)
        mean, deviation = float(cloud.mean[0]), float(cloud.deviation[0])
        sample = partial(latent_questions.about_sample, mean, deviation, NOISES[place])
        found[SAMPLE] = _kind(f"sample/{shown.name}/{mean:g}/{deviation:g}", place, sample)
        its = float(cloud.mean[unit]), float(cloud.deviation[unit])
        cost = partial(latent_questions.about_cost, *its, unit + 1)
        found[COST] = _kind(f"cost/{shown.name}/{its}", unit, cost, range(min(len(cloud.mean), len(PLACES))))
    return found


def _kind(of: str, place: int, question: partial, places: range = PLACES) -> Kind:
    return Kind(f"{of}/{place}", question, of, place, lambda: places, lambda at: link.go(latent_quiz=at))
