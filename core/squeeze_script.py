"""An autoencoder's run as a script of its own: plain PyTorch, and the very functions that trained it."""
import json
from math import prod
from pprint import pformat

from core import corruptions, penalties, script_parts, squeeze_layers, squeeze_training
from core.script_parts import DATA, HEAD, IMPORTS, NETWORK, SAVE, UPDATE, text_of
from core.squeeze_config import LOSSES, Config, cross_entropy, to_json
from core.squeeze_data import Tiles, shape
from core.squeeze_layers import layers_of

PHOTO_IMPORTS = """import sys
from collections import OrderedDict
from math import prod, sqrt
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.nn import functional as F"""

PHOTO = '''config, data = SimpleNamespace(**CONFIG), SimpleNamespace(**CONFIG["data"])


# --- data: the photo, cut into tiles

if len(sys.argv) != 2:
    sys.exit("Which photo? python train.py photo.png")
photo = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
if photo.size != (data.width, data.height):  # Torchlight saves it in this size, pixel by pixel
    photo = photo.resize((data.width, data.height), Image.Resampling.LANCZOS)
pixels = torch.tensor(np.array(photo.convert("RGB" if data.colour else "L"))).view(data.height, data.width, -1)
tiles = (pixels.permute(2, 0, 1).float() / 255).unfold(1, data.side, data.side).unfold(2, data.side, data.side)
tiles = tiles.permute(1, 2, 0, 3, 4).reshape(-1, pixels.shape[2], data.side, data.side)
tiles = tiles[np.random.default_rng(0).permutation(len(tiles))]
test_inputs, inputs = tiles[:{tests}], tiles[{tests}:]
'''

STEPS = '''def steps(pictures):
    """What every layer gives, by name."""
    seen = {}
    for name, layer in network.named_children():
        seen[name] = pictures = layer(pictures)
    return seen'''

LOSS = """    clean = inputs[rows]
    seen = steps({given})
    *_, rebuilt = seen.values()
    loss = {error}(rebuilt, clean){penalty}
"""

SCORE = """with torch.no_grad():
    rebuilt = network({test_given})
    error = (rebuilt - test_inputs).square().mean().item()
print(f"mean squared error on {{len(test_inputs)}} test pictures: {{error:.6f}}")
"""


def script(config: Config, steps: int) -> str:
    """Python code that trains the autoencoder of `config` for so many steps, prints its error and saves its weights.

    Where it learns from tiles, the code takes the path of the photo.
    """
    layers, on_photo, noise = layers_of(config), isinstance(config.data, Tiles), config.noise > 0
    error = LOSSES[config.loss]
    own = [text_of(squeeze_layers, "Sample")] * (config.kind == "variational")
    own += [text_of(corruptions, *_damage())] * noise
    data = dict(tests=config.data.tests) if on_photo else script_parts.of_data(config.data)
    return (HEAD + (PHOTO if on_photo else DATA) + NETWORK + LOSS + UPDATE + SCORE + SAVE).format(
        needs="torch, numpy, pillow and the photo" if on_photo else "torch, numpy and scikit-learn",
        imports=PHOTO_IMPORTS if on_photo else IMPORTS,
        config=pformat(json.loads(to_json(config)), sort_dicts=False, width=100),
        steps=steps,
        functions="".join(text + "\n\n\n" for text in own),
        network="nn.Sequential",
        error=error.__name__ if error is cross_entropy else f"F.{error.__name__}",
        penalty=f" + config.penalty * {_penalty(config)}" if config.penalty else "",
        given="mixed(clean, config.noise, _dice(config.seed, 3, step))" if noise else "clean",
        test_given="mixed(test_inputs, config.noise, _dice(config.seed, 5))" if noise else "test_inputs",
        **data,
        **script_parts.of_network(layers, "He"),
        **script_parts.of_training(config.optimiser, config.rate, config.weight_decay, *_functions(config), STEPS),
    )


def _damage() -> list[str]:
    """All that `mixed` needs."""
    ways = [function.__name__ for function in corruptions.CORRUPTIONS.values()]
    return ["WIDEST", "SQUARE", *ways, "CORRUPTIONS", "mixed"]


def _functions(config: Config) -> list[object]:
    """What the loss is computed with."""
    found = {
        "sparse": penalties.activity,
        "contractive": squeeze_training.jacobian_norm,
        "variational": penalties.divergence,
    }
    penalty = [found[config.kind]] if config.penalty else []
    return ([cross_entropy] if LOSSES[config.loss] is cross_entropy else []) + penalty


def _penalty(config: Config) -> str:
    """What the kind wants to be small, in code; squeeze_training.penalty_of has the same for all kinds."""
    match config.kind:
        case "sparse":
            return 'activity(seen["code_act"]).mean()'
        case "contractive":
            names = [f"encoder{at}" for at in range(1, config.layers + 1)]
            layers = [f'(network.{name}.weight, (seen["{name}_act"] > 0).float())' for name in names]
            layers.append('(network.code.weight, seen["code_act"] * (1 - seen["code_act"]))')
            return f"jacobian_norm([{', '.join(layers)}]).mean()"
    mean = 'divergence(*seen["code"].chunk(2, dim=1)).sum(dim=1).mean()'
    return f"({mean} / {prod(shape(config.data))})"
