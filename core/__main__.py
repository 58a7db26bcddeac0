"""The engine without a browser: python -m core classify | layers | explain | gradients | evaluate | train."""
import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

from core import answers, autoencoder_recipes, autoencoder_scores, datasets, fitting, images, recipes, tables, zoo
from core.anatomy import describe
from core.backwards import explain_backward
from core.explain import explain as taken_apart
from core.gradients import Backtrace, backtrace, class_index, saliency, sizes
from core.trace import trace

AUTOENCODERS = "autoencoders"  # all of them together, for `evaluate`
SQUEEZED = (*autoencoder_recipes.RECIPES, *autoencoder_recipes.COMPONENTS)


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
    if options.json:
        tables.as_json(results)
    elif options.csv:
        tables.predictions_as_csv(results)
    else:
        tables.predictions(results)
    return 2 if any("error" in result for result in results) else 0


def _shown(network: zoo.Network, options: argparse.Namespace) -> torch.Tensor:
    """What the network is fed of the photo, (C, H, W)."""
    try:
        fitted = images.fit(_open(options.photo), network.preprocessing, options.fit)
    except ValueError as error:
        raise ValueError(f"{options.photo}: {error}") from error
    return images.to_tensor(fitted, network.preprocessing)


def _back(network: zoo.Network, options: argparse.Namespace) -> Backtrace:
    """The slopes of the score of the class that is asked for, or of the best."""
    index = None if options.of is None else class_index(network.labels, options.of)
    return backtrace(network.graph, _shown(network, options), index)


def layers(options: argparse.Namespace) -> int:
    """Every layer of the network at work on one photo."""
    network = zoo.load(options.network)
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
        for layer in describe(trace(network.graph, _shown(network, options)))
    ]
    (tables.as_json if options.json else tables.layers)(rows)
    return 0


def explain(options: argparse.Namespace) -> int:
    """One number of a layer taken apart: every term, the bias and the sum; or the slope along it, with --backward."""
    network = zoo.load(options.network)
    if options.of is not None and not options.backward:
        raise ValueError("--class goes with --backward; the way forward is the same for every class")
    if options.backward:
        back = _back(network, options)
        found = explain_backward(back, options.layer, options.unit)
        told = {"class": network.labels[back.index], "index": back.index, "score": back.value}
        tables.as_json(told | tables.backward_told(found)) if options.json else tables.backward(found)
    else:
        forward = taken_apart(trace(network.graph, _shown(network, options)), options.layer, options.unit)
        tables.as_json(tables.forward_told(forward)) if options.json else tables.forward(forward)
    return 0


def gradients(options: argparse.Namespace) -> int:
    """How large the slopes of a class's score are at every step, from the last back to the photo."""
    network = zoo.load(options.network)
    back = _back(network, options)
    rows, total = sizes(back), saliency(back.slopes["image"]).sum().item()
    label = network.labels[back.index]
    if options.json:
        told = {"class": label, "index": back.index, "score": back.value, "saliency_sum": total}
        tables.as_json(told | {"steps": [vars(row) for row in rows]})
    else:
        tables.sizes(rows, back, label, total)
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Share of right answers on the test pictures that training never saw; `autoencoders`: how well they rebuild."""
    if options.name == AUTOENCODERS:
        rows = [vars(score) for score in autoencoder_scores.scores(options.data)]
        (tables.as_json if options.json else tables.scores)(rows)
        return 0
    network = zoo.load(options.name)
    if network.spec.dataset is None:
        own = ", ".join(name for name, spec in zoo.SPECS.items() if spec.dataset)
        raise ValueError(f"{options.name} has no test set here; evaluate one of {own}")
    test = datasets.DATASETS[network.spec.dataset](options.data, "test")
    accuracy = fitting.accuracy(network.model, test, network.preprocessing)
    if options.json:
        print(json.dumps({"network": options.name, "accuracy": accuracy, "count": len(test)}))
    else:
        print(f"{options.name}: {accuracy:.2%} of {len(test):,} test pictures right")
    return 0


def train(options: argparse.Namespace) -> int:
    """Reproduce a weight file and its model card from a seed."""
    module = autoencoder_recipes if options.name in SQUEEZED else recipes
    module.reproduce(options.name, options.data, options.out, print)
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
    every = looking(layers, "json")
    every.set_defaults(fit="centre")
    unit = looking(explain, "json")
    slopes = looking(gradients, "json")
    for made in (every, unit, slopes):
        made.add_argument("photo", metavar="PHOTO")
    unit.add_argument("--layer", required=True, metavar="STEP", help="as `layers` names it")
    unit.add_argument("--unit", required=True, type=_unit, metavar="C,ROW,COL", help="which number of it, from 0")
    unit.add_argument("--backward", action="store_true", help="the slope of a class's score along it, term by term")
    for made in (unit, slopes):
        made.add_argument("--class", dest="of", metavar="CLASS", help="a label, or its number from 0 (the best answer)")
    for made in (one, unit, slopes):
        made.add_argument("--fit", default="centre", choices=list(images.FITS), help="which part of the photo is shown")
    own = [name for name, spec in zoo.SPECS.items() if spec.dataset]
    for run, names in ((evaluate, (*own, AUTOENCODERS)), (train, (*own, *SQUEEZED))):
        made = command(run)
        made.add_argument("name", metavar="NAME", help=", ".join(names))
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
