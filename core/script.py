"""A run as a script of its own: plain PyTorch, and the very functions that trained the network, from their source."""
import json
from pprint import pformat

from core import architectures, script_parts
from core.optimisers import LOSSES
from core.run_config import Config, layers_of, to_json
from core.script_parts import DATA, HEAD, NETWORK, SAVE, UPDATE

LOSS = """    loss = {loss}(network(inputs[rows]), labels[rows])
"""

SCORE = """with torch.no_grad():
    right = (network(test_inputs).argmax(dim=1) == test_labels).float().mean().item()
print(f"{{right:.1%}} of {{len(test_labels)}} test examples right")
"""


def script(config: Config, steps: int) -> str:
    """Python code that trains the network of `config` for so many steps, prints its score and saves its weights."""
    layers, loss = layers_of(config), LOSSES[config.loss]
    own = {"Dropout": config.architecture.dropout > 0}
    own |= dict.fromkeys(("Shortcut", "Network"), any(layer.kind == "Shortcut" for layer in layers))
    needed = [name for name, used in own.items() if used]
    return (HEAD + DATA + NETWORK + LOSS + UPDATE + SCORE + SAVE).format(
        needs="torch, numpy and scikit-learn" if config.data.name == "digits" else "torch and numpy",
        imports=script_parts.IMPORTS,
        config=pformat(json.loads(to_json(config)), sort_dicts=False, width=100),
        steps=steps,
        functions="".join(script_parts.text_of(architectures, name) + "\n\n\n" for name in needed),
        network="Network" if own["Network"] else "nn.Sequential",
        loss=loss.__name__,
        **script_parts.of_data(config.data),
        **script_parts.of_network(layers, config.initialisation),
        **script_parts.of_training(config.optimiser, config.rate, config.weight_decay, loss),
    )
