"""Reproduce the autoencoders we ship: train from a seed, judge on the test pictures, write files and model card."""
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from core import autoencoders, penalties, principal, squeezing
from core.datasets import DATASETS, Split
from core.recipes import SOURCES, save
from core.squeezing import Recipe

RECIPES = {
    "digits_2": Recipe(epochs=20),
    "digits_8": Recipe(epochs=20),
    "digits_32": Recipe(epochs=20),
    "digits_sparse": Recipe(epochs=6, penalty=0.2),
    "digits_contractive": Recipe(epochs=8, penalty=0.0003),
    "digits_not_contractive": Recipe(epochs=8),
    "digits_convolutional": Recipe(epochs=12),
    "digits_denoising": Recipe(epochs=8, noise=0.7),
    "digits_variational_2": Recipe(epochs=20),
    "digits_variational_16": Recipe(epochs=10),
    "tiles_64": Recipe(epochs=2, learning_rate=3e-3),
    "tiles_128": Recipe(epochs=2, learning_rate=3e-3),
    "tiles_256": Recipe(epochs=2, learning_rate=3e-3),
    "tiles_denoising": Recipe(epochs=3, learning_rate=4e-3, noise=0.7),
}
COMPONENTS = {"pca_digits": ("mnist", 32), "pca_tiles": ("cifar10", 256)}  # file -> data set and how many

CARD = """# {title}

{about} {parameters:,} learned numbers, stored with 16 bits each; the architecture is in `core/networks`, its
settings are in `core/autoencoders.py`.

## Score

Mean squared error **{error:.5f}** on the {tests:,} test pictures (values 0 to 1), none of which it was trained on.
All scores beside PCA and classical filters: `python -m core evaluate autoencoders --data DIR`

## Data

{source}

## Recipe

Adam, learning rate up and down once ("one cycle"), gradient norm clipped at 1. Pixels enter as x / 255.

| choice | value |
|---|---|
{choices}

Made by `python -m core train {name} --data DIR` in {minutes:.0f} minutes on one CPU thread, torch {torch}.
The same command gives the same file on the same kind of machine; elsewhere the last digits differ.

SHA-256 `{sha256}`

## Limits

It rebuilds well only what looks like its training pictures, and nothing without loss. Made for teaching.

## Licence

The weights are part of Torchlight and under its licence (MIT).
"""

COMPONENTS_CARD = """# Principal components of {dataset}

Mean and the {count} most important principal components of the {pictures:,} training pictures (scikit-learn's PCA),
stored with 16 bits a number. They are what the autoencoders are measured against.

Made by `python -m core train {name} --data DIR`. SHA-256 `{sha256}`

## Data

{source}

## Licence

The file is part of Torchlight and under its licence (MIT).
"""


def pictures(split: Split) -> Tensor:
    """(N, C, H, W) uint8 -> float32, 0 to 1."""
    return split.images.float() / 255


def reproduce(name: str, data: Path, out: Path, say: Callable[[str], None]) -> None:
    """Write NAME.safetensors, NAME.md and the SHA256SUMS line into `out`; for digits also what the test ones gave."""
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # sums in one order: the file is the same to the bit next time
    if name in COMPONENTS:
        _write_components(name, data, out)
    else:
        _write_autoencoder(name, data, out, say)
    say(f"{name}: written to {out}")


def _write_components(name: str, data: Path, out: Path) -> None:
    dataset, count = COMPONENTS[name]
    train = DATASETS[dataset](data, "train")
    pca = principal.of(pictures(train), count)
    found = {"mean": pca.mean_, "components": pca.components_}
    sha256 = save({key: torch.from_numpy(values).half() for key, values in found.items()}, out / f"{name}.safetensors")
    if dataset == "mnist":
        test = DATASETS[dataset](data, "test")
        codes = torch.from_numpy(pca.transform(pictures(test).flatten(1).numpy())[:, :2]).half()
        save({"codes": codes, "labels": test.labels.to(torch.uint8)}, out / f"{name}_tests.safetensors")
    facts = dict(name=name, dataset=dataset, count=count, pictures=len(train), source=SOURCES[dataset], sha256=sha256)
    (out / f"{name}.md").write_text(COMPONENTS_CARD.format(**facts), encoding="utf-8")


def _write_autoencoder(name: str, data: Path, out: Path, say: Callable[[str], None]) -> None:
    recipe, spec = RECIPES[name], autoencoders.spec(name)
    train, test = (DATASETS[spec.dataset](data, part) for part in ("train", "test"))
    model, began = autoencoders.untrained(name, recipe.seed), time.monotonic()
    for epoch in squeezing.fit(spec.kind, model, pictures(train), recipe):
        left = (time.monotonic() - began) * (recipe.epochs - epoch.index - 1) / (epoch.index + 1)
        say(f"{name}, epoch {epoch.index + 1} of {recipe.epochs}: loss {epoch.loss:.5f}, {left / 60:.0f} min to go")
    minutes = (time.monotonic() - began) / 60
    learned = {key for key, weights in model.named_parameters() if weights.requires_grad}
    rounded = {key: value.half() for key, value in model.state_dict().items()}
    sha256 = save({key: rounded[key] for key in learned}, out / f"{name}.safetensors")
    model.load_state_dict(rounded)
    errors = test_errors(model.eval(), pictures(test))
    if spec.dataset == "mnist":
        save(_results(spec, model, test, errors), out / f"{name}_tests.safetensors")
    facts = dict(name=name, error=errors.mean().item(), tests=len(test), sha256=sha256, minutes=minutes)
    (out / f"{name}.md").write_text(_card(spec, recipe, model, facts), encoding="utf-8")


def test_errors(model: nn.Module, images: Tensor) -> Tensor:
    """Mean squared error of each picture, (N,)."""
    with torch.inference_mode():
        rebuilt = torch.cat([autoencoders.reconstruct(model, some) for some in images.split(500)])
        return (rebuilt - images).square().flatten(1).mean(dim=1)


def _results(spec: autoencoders.Spec, model: nn.Module, test: Split, errors: Tensor) -> dict[str, Tensor]:
    """What pages show of the test digits: their errors, codes of two numbers, and what clouds cost (KL, nats)."""
    found = {"errors": errors.half(), "labels": test.labels.to(torch.uint8)}
    if spec.code == 2:
        with torch.inference_mode():
            found["codes"] = autoencoders.encode(model, pictures(test)).half()
    if spec.kind == "variational":
        with torch.inference_mode():
            found["costs"] = penalties.divergence(*model.posterior(pictures(test))).sum(dim=1).half()
    return found


def _card(spec: autoencoders.Spec, recipe: Recipe, model: nn.Module, facts: dict) -> str:
    return CARD.format(
        title=spec.title,
        about=spec.about,
        parameters=sum(weights.numel() for weights in model.parameters()),
        source=SOURCES[spec.dataset],
        choices="\n".join(f"| {key.replace('_', ' ')} | {value} |" for key, value in asdict(recipe).items()),
        torch=torch.__version__,
        **facts,
    )
