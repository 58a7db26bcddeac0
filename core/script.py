"""A run as a script of its own: plain PyTorch, and the very functions that trained the network, from their source."""
import ast
import inspect
import json
from pprint import pformat
from types import ModuleType

from core import architectures, toy_data, training
from core.optimisers import LOSSES, OPTIMISERS
from core.run_config import Config, layers_of, to_json
from core.toy_data import SOURCES, TESTS

IMPORTS = """import importlib.util
from collections import OrderedDict
from math import prod, sqrt
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F"""

SCRIPT = '''"""Made by Torchlight: trains the same network again, to the bit on the same kind of machine.

It needs {needs} and writes weights.pt. The functions are those that trained the network.
"""
from __future__ import annotations

{imports}

torch.set_num_threads(1)  # sums in one order
CONFIG = {config}
STEPS = {steps}
choice, config = SimpleNamespace(**CONFIG["data"]), SimpleNamespace(**CONFIG)


# --- data

{data}


inputs, labels = {make}(choice, {count}, np.random.default_rng((choice.seed, 0)))
noise = np.random.default_rng((choice.seed, 1)).standard_normal(inputs.shape)
inputs, labels = torch.tensor(inputs + choice.noise * noise).float(), torch.tensor(labels).long()
test_inputs, test_labels = inputs[:{tests}], labels[:{tests}]
inputs, labels = (values[{tests} : {tests} + choice.examples] for values in (inputs, labels))


# --- network

{functions}{dice}


network = {network}(OrderedDict([
{layers}
]))
start = _dice(config.seed, 0)
with torch.no_grad():
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            units, *reads = layer.weight.shape
            fan_in, fan_out = prod(reads), units * prod(reads[1:])
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=start) * {spread})
            layer.bias.zero_()


# --- training: {optimiser} is what torch calls
# {torch_optimiser}

{learning}


slots = {{}}
for step in range(STEPS):
    for number, layer in enumerate(network):
        if type(layer).__name__ == "Dropout":
            layer.dice = _dice(config.seed, 2, step, number)
    rows = batch(config, step, len(labels))
    loss = {loss}(network(inputs[rows]), labels[rows])
    gradient = torch.cat([values.flatten() for values in torch.autograd.grad(loss, list(network.parameters()))])
    weights = torch.cat([values.detach().flatten() for values in network.parameters()])
    decayed = gradient + config.weight_decay * weights if config.weight_decay else gradient
    change, slots = {optimiser}(decayed, slots, config.rate, step + 1)
    nn.utils.vector_to_parameters(weights + change, network.parameters())
    if step % 50 == 0:
        print(f"step {{step}}: loss {{loss.item():.4f}}")

network.eval()
with torch.no_grad():
    right = (network(test_inputs).argmax(dim=1) == test_labels).float().mean().item()
print(f"{{right:.1%}} of {{len(test_labels)}} test examples right")
torch.save(network.state_dict(), "weights.pt")
'''


TORCH_OPTIMISERS = {
    "SGD": "torch.optim.SGD(network.parameters(), {rate:g}, weight_decay={decay:g})",
    "momentum": "torch.optim.SGD(network.parameters(), {rate:g}, momentum=0.9, weight_decay={decay:g})",
    "Adam": "torch.optim.Adam(network.parameters(), {rate:g}, weight_decay={decay:g})",
}


def script(config: Config, steps: int) -> str:
    """Python code that trains the network of `config` for so many steps, prints its score and saves its weights."""
    source, layers = SOURCES[config.data.name], layers_of(config)
    loss, optimiser = LOSSES[config.loss], OPTIMISERS[config.optimiser]
    own = {"Dropout": config.architecture.dropout > 0}
    own |= dict.fromkeys(("Shortcut", "Network"), any(layer.kind == "Shortcut" for layer in layers))
    return SCRIPT.format(
        needs="torch, numpy and scikit-learn" if config.data.name == "digits" else "torch and numpy",
        imports=IMPORTS,
        config=pformat(json.loads(to_json(config)), sort_dicts=False, width=100),
        steps=steps,
        data=_data_source(source.make.__name__),
        make=source.make.__name__,
        count=TESTS + source.most,
        tests=TESTS,
        functions=_source(architectures, *(name for name, used in own.items() if used), end="\n\n\n"),
        dice=_source(training, "_dice"),
        network="Network" if own["Network"] else "nn.Sequential",
        layers="\n".join(f'    ("{layer.name}", {_layer_text(layer)}),' for layer in layers),
        spread=_spread(config.initialisation),
        learning="\n\n".join(inspect.getsource(function) for function in (loss, optimiser, training.batch)).rstrip(),
        loss=loss.__name__,
        optimiser=optimiser.__name__,
        torch_optimiser=TORCH_OPTIMISERS[config.optimiser].format(rate=config.rate, decay=config.weight_decay),
    )


def _source(module: ModuleType, *names: str, end: str = "") -> str:
    """The definitions of those names, as they stand in the module."""
    code = inspect.getsource(module)
    found = {getattr(node, "name", None) or _target(node): node for node in ast.parse(code).body}
    return "".join(ast.get_source_segment(code, found[name]) + (end or "") for name in names)


def _target(node: ast.stmt) -> str | None:
    return node.target.id if isinstance(node, ast.AnnAssign) else None


def _data_source(make: str) -> str:
    needed = ("_box", "SHAPES", make) if make == "_shapes" else (make,)
    return "\n\n\n".join(_source(toy_data, name) for name in needed)


def _layer_text(layer: architectures.Layer) -> str:
    """How its module is made, in code: torch shows its own layers that way."""
    module = layer.make()
    if isinstance(module, architectures.Dropout):
        return f"Dropout({module.share})"
    return "Shortcut()" if layer.kind == "Shortcut" else f"nn.{module!r}"


def _spread(initialisation: str) -> str:
    """The formula of an initialisation, out of its table."""
    (table,) = ast.parse(_source(architectures, "INITIALISATIONS")).body
    keys, values = table.value.keys, table.value.values
    (formula,) = [value.body for key, value in zip(keys, values, strict=True) if key.value == initialisation]
    return ast.unparse(formula)
