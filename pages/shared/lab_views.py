"""What the lab's drawing is sent: the curves and one of its views, packed, less than 100 kB."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core import checkup, drawing, review
from core.review import Mistake
from core.run_config import layers_of
from core.toy_data import Data
from pages.shared import gate, lab, lab_curves, words
from pages.shared.components import pack
from pages.shared.lab import Lab, Look

INSIDE, MISTAKES, PLANE, GRADIENTS, DRAW = "Inside", "Mistakes", "Plane", "Gradients", "Draw"
EXAMPLES = 20  # test pictures that are shown
ALBUM = 18  # pictures of a cell, or worst mistakes
GRID = 61  # places of the plane, each way
TRAINED, TESTED = 300, 150  # points of the plane that are drawn
MAPS = 4_200  # numbers of one layer's maps, at most; always one map

Charts = list[dict]  # each with title, word for the sentence, and columns of training and tests in a row of scores
CHARTS: Charts = [
    dict(name="accuracy", title="Accuracy", word="accuracy", columns=[2, 4], percent=True),
    dict(name="loss", title="Loss", word="loss", columns=[1, 3], batches=True),
]
Strokes = tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class Choices:
    """Where the visitor looks."""

    view: str
    example: int = 0  # of the test pictures that are shown
    cell: tuple[int, int] | None = None  # of the confusion matrix
    strokes: Strokes = ()


@dataclass
class Message:
    """What is sent, as it is put together."""

    header: dict
    arrays: dict[str, np.ndarray]


def views(data: Data, name: str) -> list[str]:
    """The views there are for these data."""
    if data.kind == "points":
        return [PLANE, GRADIENTS]
    return [INSIDE, MISTAKES, GRADIENTS, *([DRAW] if name == "digits" else [])]


def message(run: Lab, data: Data, choices: Choices, most: int) -> bytes:
    """Everything that is drawn, for the step that the run has reached; charts go to step `most`."""
    seen = lab.look(run, data)
    config, step = seen.state.config, seen.state.step
    header = dict(key=f"{config}", step=step, kind=data.kind, classes=data.classes, strokes=choices.strokes)
    header |= dict(short=[name[:3] if data.kind == "pictures" else name for name in data.classes])
    header |= dict(probable=config.loss == "cross-entropy", cell=choices.cell or (-1, -1))
    say = f"Step {step}. Test accuracy {100 * seen.evaluation.test.accuracy:.1f} %."
    header |= dict(busy=run.busy, say="" if run.busy else say)
    sent = Message(header, {})
    add_curves(sent, run, seen, most, CHARTS, lab_curves.settings)
    _VIEWS[choices.view](sent, seen, data, choices)
    header["shows"] = f"step={step} busy={run.busy} view={choices.view} runs={len(header['names'])} chosen={choices}"
    return pack(sent.header, **sent.arrays)


def add_curves(
    sent: Message, run: Lab, seen: Look, most: int, charts: Charts, settings: Callable[[object], dict[str, str]]
) -> None:
    """This run first, with its scores of this moment, then those before it, the latest first."""
    runs = [run, *run.earlier[::-1]]
    lines = [lab_curves.curves(one) for one in runs]
    for at, one in enumerate(lines):
        parts = {f"steps{at}": one.steps, f"losses{at}": one.losses, f"scores{at}": one.scores}
        sent.arrays |= {name: np.clip(values, -3e38, 3e38).astype(np.float32) for name, values in parts.items()}
    sent.header |= dict(names=lab_curves.named(runs, settings), colours=[one.colour for one in runs], charts=charts)
    sent.header["across"] = len(lab.row(seen.evaluation))
    sent.header["most"] = int(max(most, 1, *(one.state.step for one in lines)))


# ---- views ------------------------------------------------------------------------------------


def _bytes(pictures: np.ndarray) -> np.ndarray:
    """(N, 1, H, W) from 0 to 1, noise beyond; as grey bytes."""
    return np.round(np.clip(pictures, 0, 1) * 255).astype(np.uint8)


def _inside(sent: Message, seen: Look, data: Data, choices: Choices) -> None:
    """Examples with their answers; filters, maps and answer for the chosen one."""
    answers = seen.answers[:EXAMPLES].argmax(axis=1)
    examples = dict(labels=data.test_labels[:EXAMPLES].tolist(), answers=answers.tolist(), chosen=choices.example)
    ran = gate.through(review.feature_maps, seen.state, data.test_inputs[choices.example])
    stacks, maps, start = [], [], 0
    names = [layer.name for layer in layers_of(seen.state.config) if layer.kind == "Convolution"]
    shown = [(names[0], gate.through(review.filters, seen.state, names[0])[:, 0], True)] if names else []
    shown += [(name, ran[checkup.given(name, ran)], False) for name in names]
    for name, values, filters in shown:
        sent_maps = values[: max(1, MAPS // values[0].size)]
        count, rows, columns = sent_maps.shape
        low, high = (float(end) for end in np.nan_to_num([values.min(), values.max()]))
        note = f"{rows} × {columns}" + (f", {count} of {len(values)}" if count < len(values) else "")
        stacks.append(dict(name=name, filters=filters, note=note, start=start, low=low, high=high, count=count))
        stacks[-1] |= dict(rows=rows, columns=columns)
        maps.append(sent_maps.ravel())
        start += sent_maps.size
    sent.header |= dict(views=["inside"], side=data.inputs.shape[-1], examples=examples, stacks=stacks)
    sent.arrays["pictures"] = _bytes(data.test_inputs[:EXAMPLES])
    sent.arrays["maps"] = np.concatenate([*maps, np.empty(0)]).astype(np.float32)
    sent.arrays["chances"] = np.nan_to_num(seen.answers[choices.example])


def _mistakes(sent: Message, seen: Look, data: Data, choices: Choices) -> None:
    """The confusion matrix, and the pictures of a cell or the worst mistakes."""
    album, title = _album(seen, data, choices.cell)
    rows = [one.index for one in album]
    sent.header |= dict(
        **dict(views=["mistakes"], side=data.inputs.shape[-1], albumTitle=title, confusionTitle=_counted(seen, data)),
        album=[dict(label=one.label, answer=one.answer, certainty=one.certainty) for one in album],
    )
    sent.arrays["albumPictures"] = _bytes(data.test_inputs[rows])
    sent.arrays["confusion"] = review.confusion(data.test_labels, seen.answers).astype(np.int32)


def _counted(seen: Look, data: Data) -> str:
    wrong = int((seen.answers.argmax(axis=1) != data.test_labels).sum())
    return f"{wrong} of {len(data.test_labels)} test examples are wrong. Rows: what they are; columns: taken for what."


def _album(seen: Look, data: Data, cell: tuple[int, int] | None) -> tuple[tuple[Mistake, ...], str]:
    """Test examples of a cell of the confusion matrix, the surest first; without one, the worst mistakes."""
    if cell is None:
        found = review.worst_mistakes(data.test_labels, np.nan_to_num(seen.answers), ALBUM)
        return found, "The worst mistakes, the surest first." if found else "No mistakes."
    taken, sure = seen.answers.argmax(axis=1), np.nan_to_num(seen.answers.max(axis=1))
    rows = np.flatnonzero((data.test_labels == cell[0]) & (taken == cell[1]))
    rows = rows[np.argsort(-sure[rows], kind="stable")]
    title = f"{data.classes[cell[0]]} taken for {data.classes[cell[1]]}: {len(rows)}"
    title += f", the surest {ALBUM}." if len(rows) > ALBUM else "."
    return tuple(Mistake(int(row), *cell, float(sure[row])) for row in rows[:ALBUM]), title


def _plane(sent: Message, seen: Look, data: Data, choices: Choices) -> None:
    """The regions with their points; those of a chosen cell are ringed."""
    _mistakes(sent, seen, data, choices)
    region = gate.through(review.decision_region, seen.state, GRID)
    points = np.concatenate([data.inputs[:TRAINED], data.test_inputs[:TESTED]])
    labels = np.concatenate([data.labels[:TRAINED], data.test_labels[:TESTED]])
    tests, taken = data.test_labels[:TESTED], seen.answers[:TESTED].argmax(axis=1)
    cell = choices.cell
    ringed = (tests == cell[0]) & (taken == cell[1]) if cell else np.zeros(len(tests), dtype=bool)
    trained = len(data.inputs[:TRAINED])
    title = f"{sent.header['albumTitle']} Those among the drawn ones are framed." if cell else ""
    sent.header |= dict(views=["plane", "mistakes"], grid=GRID, reach=review.REACH, trainPoints=trained)
    sent.header |= dict(albumTitle=title, album=[])
    sent.arrays["albumPictures"] = np.empty(0, dtype=np.uint8)
    sent.arrays |= dict(
        regions=region.classes.astype(np.uint8),
        sureness=np.round(np.clip(np.nan_to_num(region.certainty), 0, 1) * 255).astype(np.uint8),
        points=points.astype(np.float32),
        pointLabels=labels.astype(np.uint8),
        ringed=np.concatenate([np.zeros(trained), ringed]).astype(np.uint8),
    )


def _gradients(sent: Message, seen: Look, data: Data, choices: Choices) -> None:
    """How large the gradient is in each layer, and how much of it is dead."""
    sizes = seen.evaluation.layers
    sent.header |= dict(views=["gradients"], layerNames=[size.name for size in sizes])
    sent.arrays["gradients"] = np.array([size.gradient for size in sizes])
    sent.arrays["dead"] = np.array([size.dead for size in sizes])


def _draw(sent: Message, seen: Look, data: Data, choices: Choices) -> None:
    """The visitor's digit as the network sees it, and what it says."""
    sent.header["views"] = ["draw"]
    sent.arrays |= dict(drawn=np.empty(0), drawnChances=np.empty(0))
    if choices.strokes:
        seen_as = drawing.digit(choices.strokes)
        answer = gate.through(review.answers, seen.state, seen_as[None])[0]
        sent.arrays |= dict(drawn=seen_as.astype(np.float32), drawnChances=np.nan_to_num(answer))
        if not sent.header["busy"]:
            sure = f", {words.percent(answer.max())}" if sent.header["probable"] else ""
            sent.header["say"] = f"The network reads a {data.classes[answer.argmax()]}{sure}."


_VIEWS = {INSIDE: _inside, MISTAKES: _mistakes, PLANE: _plane, GRADIENTS: _gradients, DRAW: _draw}
