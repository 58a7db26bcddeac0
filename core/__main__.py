"""The engine without a browser: python -m core classify | layers | evaluate | train."""
import argparse
import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

from core import answers, datasets, images, recipes, training, zoo
from core.anatomy import describe
from core.trace import trace


def _probabilities(network: zoo.Network, path: str, fit: str) -> torch.Tensor:
    fitted = images.fit(_open(path), network.preprocessing, fit)
    return answers.probabilities(network, fitted)


def _open(path: str) -> Image.Image:
    if not Path(path).is_file():
        raise ValueError("there is no such file; give the path of a picture")
    try:
        with open(path, "rb") as file:
            return images.decode(file.read(images.MAX_BYTES + 1))
    except OSError as error:
        raise ValueError(f"it can't be read ({error.strerror}); give the path of a picture") from error


def classify(options: argparse.Namespace) -> int:
    """What each photo is taken for; a file that can't be read is named and the others are done."""
    network = zoo.load(options.network)
    results = []
    for path in options.photos:
        try:
            best = answers.best(network, _probabilities(network, path, options.fit), options.top)
            results.append({"file": path, "predictions": [vars(prediction) for prediction in best]})
        except ValueError as error:
            results.append({"file": path, "error": str(error)})
            print(f"{path}: {error}", file=sys.stderr)
    _report(results, options)
    return 2 if any("error" in result for result in results) else 0


def _report(results: list[dict], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(results, indent=2))
    elif options.csv:
        rows = csv.writer(sys.stdout)
        rows.writerow(["file", "rank", "label", "index", "probability", "error"])
        for result in results:
            if "error" in result:
                rows.writerow([result["file"], "", "", "", "", result["error"]])
            for rank, p in enumerate(result.get("predictions", []), start=1):
                rows.writerow([result["file"], rank, p["label"], p["index"], p["probability"], ""])
    else:
        for result in results:
            for rank, p in enumerate(result.get("predictions", [])):
                print(f"{result['file'] if rank == 0 else '':40}  {p['probability']:7.2%}  {p['label']}")


def layers(options: argparse.Namespace) -> int:
    """Every layer of the network at work on one photo."""
    network = zoo.load(options.network)
    try:
        fitted = images.fit(_open(options.photo), network.preprocessing)
    except ValueError as error:
        raise ValueError(f"{options.photo}: {error}") from error
    steps = trace(network.graph, images.to_tensor(fitted, network.preprocessing))
    rows = [
        {
            "name": layer.name,
            "kind": layer.kind,
            "shape": list(layer.shape),
            "sources": list(layer.sources),
            "parameters": layer.parameters.value,
            "parameters_formula": layer.parameters.formula,
            "multiply_adds": layer.multiply_adds.value,
            "multiply_adds_formula": layer.multiply_adds.formula,
            "receptive_field": vars(layer.receptive_field),
        }
        for layer in describe(steps)
    ]
    if options.json:
        print(json.dumps(rows, indent=2))
        return 0
    print(f"{'name':28} {'kind':18} {'shape':>16} {'parameters':>12} {'multiply-adds':>14} {'sees':>6}")
    for row in rows:
        shape = " × ".join(map(str, row["shape"]))
        sees = row["receptive_field"]["size"]
        counts = f"{row['parameters']:12,} {row['multiply_adds']:14,}"
        print(f"{row['name']:28} {row['kind']:18} {shape:>16} {counts} {sees:6,}")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Share of right answers on the test pictures that training never saw."""
    network = zoo.load(options.name)
    if network.spec.dataset is None:
        own = ", ".join(name for name, spec in zoo.SPECS.items() if spec.dataset)
        raise ValueError(f"{options.name} has no test set here; evaluate one of {own}")
    test = datasets.DATASETS[network.spec.dataset](options.data, "test")
    accuracy = training.accuracy(network.model, test, network.preprocessing)
    if options.json:
        print(json.dumps({"network": options.name, "accuracy": accuracy, "count": len(test)}))
    else:
        print(f"{options.name}: {accuracy:.2%} of {len(test):,} test pictures right")
    return 0


def train(options: argparse.Namespace) -> int:
    """Reproduce a weight file and its model card from a seed."""
    recipes.reproduce(options.name, options.data, options.out, print)
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        """One sentence, without the usage above it."""
        self.exit(2, f"error: {message}; --help says more\n")


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"it must be a whole number from 1, not {text!r}")
    return int(text)


def _arguments() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
        made.set_defaults(run=run)
        return made

    def looking(run: Callable[[argparse.Namespace], int], *formats: str) -> argparse.ArgumentParser:
        made = command(run)
        made.add_argument("--network", default="efficientnet_lite0", metavar="NAME", help=", ".join(zoo.SPECS))
        printed = made.add_mutually_exclusive_group()
        for name in formats:
            printed.add_argument(f"--{name}", action="store_true", help=f"print {name.upper()}")
        return made

    one = looking(classify, "json", "csv")
    one.add_argument("photos", nargs="+", metavar="PHOTO")
    one.add_argument("--fit", default="centre", choices=list(images.FITS), help="which part of the photo is shown")
    one.add_argument("--top", type=_at_least_one, default=5, metavar="N", help="how many answers (5)")
    looking(layers, "json").add_argument("photo", metavar="PHOTO")
    for run in (evaluate, train):
        made = command(run)
        made.add_argument("name", metavar="NAME", help=", ".join(name for name, s in zoo.SPECS.items() if s.dataset))
        made.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with the pictures")
    made.add_argument("--out", type=Path, default=Path("."), metavar="DIR", help="where the files go (here)")
    commands.choices["evaluate"].add_argument("--json", action="store_true", help="print JSON")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 2 with one sentence on bad input."""
    options = _arguments().parse_args(arguments)
    try:
        return options.run(options)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
