"""The engine without a browser: python -m core classify | layers | explain | evaluate | train."""
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
from core.arithmetic import Explanation
from core.explain import explain as taken_apart
from core.trace import Step, trace


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


def _steps(options: argparse.Namespace, fit: str = "centre") -> dict[str, Step]:
    network = zoo.load(options.network)
    try:
        fitted = images.fit(_open(options.photo), network.preprocessing, fit)
    except ValueError as error:
        raise ValueError(f"{options.photo}: {error}") from error
    return trace(network.graph, images.to_tensor(fitted, network.preprocessing))


def layers(options: argparse.Namespace) -> int:
    """Every layer of the network at work on one photo."""
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
        for layer in describe(_steps(options))
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


def explain(options: argparse.Namespace) -> int:
    """One number of a layer taken apart: every term, the bias and the sum."""
    found = taken_apart(_steps(options, options.fit), options.layer, options.unit)
    if options.json:
        told = {key: getattr(found, key) for key in ("step", "kind", "rule", "unit")} | {"terms": _terms(found)}
        told |= {key: getattr(found, key) for key in ("bias", "sum", "result", "output", "difference")}
        print(json.dumps(told, indent=2, allow_nan=False))
        return 0
    print(f"{'source':36} {'value':>14} {'weight':>14} {'product':>14}")
    for term in _terms(found):
        source = "padding" if term["source"] is None else f"{term['step']} {', '.join(map(str, term['source']))}"
        weight = "" if term["weight"] is None else f"{term['weight']:z.7g}"
        print(f"{source:36} {term['value']:z14.7g} {weight:>14} {term['product']:z14.7g}")
    ends = {"bias": found.bias, "sum": found.sum, "share": found.result}
    if found.rule != "softmax":
        del ends["share"]
    for name, value in {**ends, f"{found.step} has": found.output, "difference": found.difference}.items():
        print(f"{name:66} {value:z14.7g}")
    return 0


def _terms(found: Explanation) -> list[dict]:
    weights = [None] * len(found.values) if found.weights is None else found.weights.tolist()
    places = [place if inside else None for place, inside in zip(found.sources.tolist(), found.inside, strict=True)]
    rows = zip(found.feeders, places, found.values.tolist(), weights, found.products.tolist(), strict=True)
    return [dict(zip(("step", "source", "value", "weight", "product"), row, strict=True)) for row in rows]


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


def _unit(text: str) -> tuple[int, ...]:
    try:
        unit = tuple(int(number) for number in text.split(","))
    except ValueError:
        unit = ()
    if len(unit) not in (1, 3):
        form = "channel, row and column such as 0,4,7, or one number for a layer without maps"
        raise argparse.ArgumentTypeError(f"it must be {form}, not {text!r}")
    return unit


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
    one.add_argument("--top", type=_at_least_one, default=5, metavar="N", help="how many answers (5)")
    looking(layers, "json").add_argument("photo", metavar="PHOTO")
    unit = looking(explain, "json")
    unit.add_argument("photo", metavar="PHOTO")
    unit.add_argument("--layer", required=True, metavar="STEP", help="as `layers` names it")
    unit.add_argument("--unit", required=True, type=_unit, metavar="C,ROW,COL", help="which number of it, from 0")
    for made in (one, unit):
        made.add_argument("--fit", default="centre", choices=list(images.FITS), help="which part of the photo is shown")
    for run in (evaluate, train):
        made = command(run)
        made.add_argument("name", metavar="NAME", help=", ".join(name for name, s in zoo.SPECS.items() if s.dataset))
        made.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with the pictures")
    made.add_argument("--out", type=Path, default=Path("."), metavar="DIR", help="where the files go (here)")
    commands.choices["evaluate"].add_argument("--json", action="store_true", help="print JSON")
    return parser


def _joined(arguments: list[str]) -> list[str]:
    """`--unit -1,0,0` as `--unit=-1,0,0`: argparse would take what starts with a minus for an option."""
    joined = []
    for argument in arguments:
        if joined and joined[-1] == "--unit":
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 2 with one sentence on bad input."""
    options = _arguments().parse_args(_joined(sys.argv[1:] if arguments is None else arguments))
    try:
        return options.run(options)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
