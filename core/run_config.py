"""Everything that decides a training run, as one record that can be saved as text."""
import json
from dataclasses import asdict, dataclass, field, is_dataclass
from math import inf

from core import toy_data
from core.architectures import INITIALISATIONS, Architecture, Block, Layer, table
from core.optimisers import LOSSES, OPTIMISERS
from core.toy_data import SOURCES, Choice

MOST_BATCH = 512  # a step has to be short, so that others get their turn


@dataclass(frozen=True)
class Config:
    """A run before it has begun; ValueError if a choice is not known or out of range."""

    data: Choice = field(default_factory=Choice)
    architecture: Architecture = field(default_factory=Architecture)
    initialisation: str = "He"
    loss: str = "cross-entropy"
    optimiser: str = "Adam"
    rate: float = 0.005  # learning rate
    batch: int = 32
    weight_decay: float = 0.0  # this share of each weight is added to its gradient
    seed: int = 0

    def __post_init__(self):
        known = {"initialisation": INITIALISATIONS, "loss": LOSSES, "optimiser": OPTIMISERS}
        for key, choices in known.items():
            if getattr(self, key) not in choices:
                raise ValueError(f"there is no {key} {getattr(self, key)!r}; choose one of {', '.join(choices)}")
        if not 0 < self.rate < inf or not 0 <= self.weight_decay < inf:
            raise ValueError("the learning rate must be above 0, and the weight decay 0 or above")
        if not 1 <= self.batch <= MOST_BATCH:
            raise ValueError(f"a batch has 1 to {MOST_BATCH} examples, not {self.batch:,}")
        if self.seed < 0:
            raise ValueError(f"the seed must be 0 or above, not {self.seed}")
        if self.architecture.batch_norm and min(self.batch, self.data.examples) < 2:
            raise ValueError("batch norm compares the examples of a batch: take at least two, or leave it out")


def layers_of(config: Config) -> tuple[Layer, ...]:
    """The table of the network's layers; ValueError if they do not fit together."""
    return table(config.architecture, toy_data.shape(config.data), len(SOURCES[config.data.name].classes))


def to_json(config: Config) -> str:
    """A config as text; `from_json` reads it."""
    return json.dumps(asdict(config), indent=2)


def from_json(text: str) -> Config:
    """The config that `to_json` wrote; ValueError if it is none, or one that can't be."""
    try:
        fields = json.loads(text)
        design = fields.pop("architecture")
        blocks, dense = tuple(Block(**block) for block in design.pop("blocks")), tuple(design.pop("dense"))
        choices = dict(data=Choice(**fields.pop("data")), architecture=Architecture(blocks, dense, **design))
        return _checked(Config(**choices, **fields))
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError("this is not the description of a run; give one that was saved here") from error


def _checked(record: Config | Choice | Architecture | Block) -> Config:
    """The record, if every number in it is of the kind that its default is; else TypeError."""
    for name, default in vars(type(record)()).items():
        value = getattr(record, name)
        if is_dataclass(default):
            _checked(value)
        elif name == "blocks":
            for block in value:
                _checked(block)
        elif name == "dense":
            if not all(type(width) is int for width in value):
                raise TypeError("a width is a whole number")
        elif type(value) is not type(default) and not (type(default) is float and type(value) is int):
            raise TypeError(f"{name} is no {type(default).__name__}")
    return record
