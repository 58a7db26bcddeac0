"""What scripts of any run are made of: text with places to fill in, and functions as they stand in their modules."""
import ast
import inspect
from collections.abc import Callable
from types import ModuleType

from core import architectures, toy_data, training
from core.optimisers import OPTIMISERS
from core.toy_data import SOURCES, TESTS, Choice

IMPORTS = """import importlib.util
from collections import OrderedDict
from math import prod, sqrt
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F"""

HEAD = '''"""Made by Torchlight: trains the same network again, to the bit on the same kind of machine.

It needs {needs} and writes weights.pt. The functions are those that trained the network.
"""
from __future__ import annotations

{imports}

torch.set_num_threads(1)  # sums in one order
CONFIG = {config}
STEPS = {steps}
'''

DATA = '''choice, config = SimpleNamespace(**CONFIG["data"]), SimpleNamespace(**CONFIG)


# --- data

{data}


inputs, labels = {make}(choice, {count}, np.random.default_rng((choice.seed, 0)))
noise = np.random.default_rng((choice.seed, 1)).standard_normal(inputs.shape)
inputs, labels = torch.tensor(inputs + choice.noise * noise).float(), torch.tensor(labels).long()
test_inputs, test_labels = inputs[:{tests}], labels[:{tests}]
inputs, labels = (values[{tests} : {tests} + choice.examples] for values in (inputs, labels))
'''

NETWORK = '''

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
        if hasattr(layer, "dice"):
            layer.dice = _dice(config.seed, 2, step, number)
    rows = batch(config, step, len(inputs))
'''

UPDATE = '''\
    gradient = torch.cat([values.flatten() for values in torch.autograd.grad(loss, list(network.parameters()))])
    weights = torch.cat([values.detach().flatten() for values in network.parameters()])
    decayed = gradient + config.weight_decay * weights if config.weight_decay else gradient
    change, slots = {optimiser}(decayed, slots, config.rate, step + 1)
    nn.utils.vector_to_parameters(weights + change, network.parameters())
    if step % 50 == 0:
        print(f"step {{step}}: loss {{loss.item():.4f}}")

network.eval()
'''

SAVE = '''torch.save(network.state_dict(), "weights.pt")
'''

TORCH_OPTIMISERS = {
    "SGD": "torch.optim.SGD(network.parameters(), {rate:g}, weight_decay={decay:g})",
    "momentum": "torch.optim.SGD(network.parameters(), {rate:g}, momentum=0.9, weight_decay={decay:g})",
    "Adam": "torch.optim.Adam(network.parameters(), {rate:g}, weight_decay={decay:g})",
}


def of_data(choice: Choice) -> dict[str, object]:
    """What DATA has to be filled with."""
    source = SOURCES[choice.name]
    make = source.make.__name__
    needed = ("_box", "SHAPES", make) if make == "_shapes" else (make,)
    return dict(data=text_of(toy_data, *needed), make=make, count=TESTS + source.most, tests=TESTS)


def of_network(layers: tuple[architectures.Layer, ...], initialisation: str) -> dict[str, object]:
    """Its layers and first weights, for NETWORK."""
    return dict(
        dice=text_of(training, "_dice"),
        layers="\n".join(f'    ("{layer.name}", {_layer_text(layer)}),' for layer in layers),
        spread=_spread(initialisation),
    )


def of_training(optimiser: str, rate: float, decay: float, *functions: Callable | str) -> dict[str, str]:
    """The optimiser, and the functions that make the loss, or their text, for NETWORK and UPDATE."""
    own = OPTIMISERS[optimiser]
    texts = [one if isinstance(one, str) else inspect.getsource(one) for one in (*functions, own, training.batch)]
    return dict(
        learning="\n\n\n".join(text.rstrip() for text in texts),
        optimiser=own.__name__,
        torch_optimiser=TORCH_OPTIMISERS[optimiser].format(rate=rate, decay=decay),
    )


def text_of(module: ModuleType, *names: str) -> str:
    """The definitions of those names, as they stand in the module."""
    code = inspect.getsource(module)
    found = {getattr(node, "name", None) or _target(node): node for node in ast.parse(code).body}
    return "\n\n\n".join(ast.get_source_segment(code, found[name]) for name in names)


def _target(node: ast.stmt) -> str | None:
    """The name that is given a value."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return node.target.id if isinstance(node, ast.AnnAssign) else None


def _layer_text(layer: architectures.Layer) -> str:
    """How its module is made, in code: torch shows its own layers that way."""
    module = layer.make()
    if isinstance(module, architectures.Dropout):
        return f"Dropout({module.share})"
    return f"nn.{module!r}" if type(module).__module__.startswith("torch.") else f"{type(module).__name__}()"


def _spread(initialisation: str) -> str:
    """The formula of an initialisation, out of its table."""
    (table,) = ast.parse(text_of(architectures, "INITIALISATIONS")).body
    keys, values = table.value.keys, table.value.values
    (formula,) = [value.body for key, value in zip(keys, values, strict=True) if key.value == initialisation]
    return ast.unparse(formula)
