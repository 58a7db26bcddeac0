"""A run to take home: its weights, and its curves as a table. core/script.py writes the code that repeats it."""
import csv
import io
from collections.abc import Callable, Iterable

from safetensors.torch import load as unpack
from safetensors.torch import save as pack

from core.checkup import Evaluation
from core.run_config import to_json
from core.training import Event, Loss, State

COLUMNS = ("step", "loss", "train loss", "train accuracy", "test loss", "test accuracy")


def weights_file(state: State, describe: Callable[[object], str] = to_json) -> bytes:
    """The weights as safetensors, with the run's description and step in its metadata."""
    return pack(unpack(state.weights), metadata={"config": describe(state.config), "step": str(state.step)})


def curves(events: Iterable[Event]) -> str:
    """CSV, a row per step: the loss of its batch, and where the network was evaluated its scores."""
    rows: dict[int, dict[str, float]] = {}
    columns = COLUMNS
    for event in events:
        if isinstance(event, Loss):
            rows.setdefault(event.step, {"step": event.step})["loss"] = event.loss
        elif isinstance(event, Evaluation):
            row = rows.setdefault(event.step, {"step": event.step})
            for name, score in (("train", event.train), ("test", event.test)):
                row |= {f"{name} {what}".replace("_", " "): value for what, value in vars(score).items()}
            columns = ("step", "loss", *(name for name in row if name not in ("step", "loss")))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[step] for step in sorted(rows))
    return text.getvalue()
