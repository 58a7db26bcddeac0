"""Reproduce the weights we ship: train from a seed, judge on the test pictures, write the file and its model card."""
import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from core import fitting, zoo
from core.datasets import DATASETS
from core.fitting import Recipe

RECIPES = {
    "tiny_vgg": Recipe(epochs=40, learning_rate=0.05, shift=4, flip=True),
    "lenet": Recipe(epochs=15, learning_rate=0.05, shift=2, turn=12, zoom=0.12),
}

SOURCES = {
    "cifar10": """CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): 50,000 training
and 10,000 test photos of 32 x 32 pixels, here stored as JPEG. The labels are airplane, automobile, bird, cat, deer,
dog, frog, horse, ship and truck. Nothing else was ever shown to the network.""",
    "mnist": """MNIST (LeCun, Cortes and Burges 1998): 60,000 training and 10,000 test digits of 28 x 28 grey values,
white on black, written by clerks and students in the United States.""",
}

CARD = """# {title}

Knows {about}. {parameters:,} learned numbers; the architecture is `core/networks/{name}.py`.

## Score

**{accuracy:.2%}** of the {tests:,} test pictures right at first place. They were never trained on.
Check it: `python -m core evaluate {name} --data DIR`

## Data

{source}

## Recipe

SGD on cross-entropy, He initialisation, gradient norm clipped at 1, learning rate up and down once ("one cycle").
Pixels enter as (x - {mean:g}) / {std:g}.

| choice | value |
|---|---|
{choices}

Made by `python -m core train {name} --data DIR` in {minutes:.0f} minutes on one CPU thread, torch {torch}.
The same command gives the same file on the same kind of machine; elsewhere the last digits differ and so may the score,
by a few tenths of a per cent.

SHA-256 `{sha256}`

## Limits

It always answers with one of its ten labels, also for a picture that shows none of them, and it can be sure and wrong.
Made for teaching; not for decisions about people.

## Licence

The weights are part of Torchlight and under its licence (MIT).
"""


def reproduce(name: str, data: Path, out: Path, say: Callable[[str], None]) -> float:
    """Write NAME.safetensors, NAME.md and the SHA256SUMS line into `out`; the test accuracy, 0 to 1."""
    if name not in RECIPES:
        raise ValueError(f"there is no recipe for {name!r}; train one of {', '.join(RECIPES)}")
    recipe, spec = RECIPES[name], zoo.spec(name)
    train, test = (DATASETS[spec.dataset](data, part) for part in ("train", "test"))
    out.mkdir(parents=True, exist_ok=True)  # if it can't be made, say so before hours of training
    torch.set_num_threads(1)  # sums in one order: the file is the same to the bit next time
    model, began = zoo.untrained(name, recipe.seed), time.monotonic()
    for epoch in fitting.fit(model, train, spec.preprocessing, recipe):
        left = (time.monotonic() - began) * (recipe.epochs - epoch.index - 1) / (epoch.index + 1)
        say(f"epoch {epoch.index + 1} of {recipe.epochs}: loss {epoch.loss:.4f}, {left / 60:.0f} min to go")
    minutes = (time.monotonic() - began) / 60
    accuracy = fitting.accuracy(model.eval(), test, spec.preprocessing)
    sha256 = save(model.state_dict(), out / f"{name}.safetensors")
    facts = dict(name=name, accuracy=accuracy, tests=len(test), sha256=sha256, minutes=minutes, torch=torch.__version__)
    (out / f"{name}.md").write_text(_card(spec, recipe, model, facts), encoding="utf-8")
    say(f"{name}: {accuracy:.2%} of {len(test):,} test pictures right, written to {out}")
    return accuracy


def _card(spec: zoo.Spec, recipe: Recipe, model: torch.nn.Module, facts: dict) -> str:
    return CARD.format(
        title=spec.title,
        about=spec.about,
        parameters=sum(weights.numel() for weights in model.parameters()),
        source=SOURCES[spec.dataset],
        mean=spec.preprocessing.mean[0],
        std=spec.preprocessing.std[0],
        choices="\n".join(f"| {key.replace('_', ' ')} | {value} |" for key, value in asdict(recipe).items()),
        **facts,
    )


def save(weights: dict[str, torch.Tensor], path: Path) -> str:
    """Write the weights, pin their SHA-256 in the folder's SHA256SUMS and return it."""
    save_file({key: value.contiguous() for key, value in weights.items()}, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    sums = path.parent / "SHA256SUMS"
    lines = sums.read_text().splitlines() if sums.is_file() else []
    others = [line for line in lines if not line.endswith(f"  {path.name}")]
    sums.write_text("\n".join(sorted([*others, f"{sha256}  {path.name}"])) + "\n")
    return sha256
