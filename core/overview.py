"""The whole network as columns of maps: which maps each column shows, what range they have, and what feeds them."""
import re
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.trace import Step

MANY_STEPS = 40  # a longer network is shown a block at a time
WIDEST = 32  # side of a small picture of a map, in cells; a larger map is averaged down to it


@dataclass(frozen=True)
class Column:
    """One layer (or block) of the drawing."""

    name: str  # the step, or the block
    step: str  # the step whose maps are shown
    kind: str
    members: tuple[str, ...]  # the steps of a block; the step alone otherwise
    total: int  # maps the layer has
    side: int  # cells of a map along a side, before it was reduced
    chosen: np.ndarray  # (M,) which of them are shown; those of its source where maps stay what they are
    maps: np.ndarray  # (M, h, w) float32 (uint8 from as_bytes), at most WIDEST cells a side
    ranges: np.ndarray  # (M, 2) lowest and highest value of each chosen map, before it was reduced
    low: float  # of the whole layer
    high: float
    sources: tuple[int, ...]  # columns that feed this one
    wiring: str  # "all": a map hears every map of its sources; "same": only the one with its number
    strengths: np.ndarray | None  # (M, M of the first source) sum of |weight| between two maps, largest = 1


def block_of(name: str) -> str:
    """The block a step belongs to in a network of blocks, "blocks_3"; its own name if to none."""
    found = re.match(r"(blocks_\d+|stem|head)_", name)
    return found.group(1) if found else name


def has_blocks(steps: dict[str, Step]) -> bool:
    """Whether the network is too long to show step by step."""
    return len(steps) > MANY_STEPS


def members_of(steps: dict[str, Step], block: str) -> list[str]:
    """The steps of a block in order; ValueError with the known blocks if there is none."""
    names = [name for name in steps if block_of(name) == block]
    if not names:
        raise ValueError(f"there is no block {block!r}; choose one of {', '.join(dict.fromkeys(map(block_of, steps)))}")
    return names


def whole(steps: dict[str, Step], most: int = 8) -> list[Column]:
    """Every step as a column with all its maps; for a network of blocks a column a block with its `most` strongest."""
    if not has_blocks(steps):
        return columns(steps, {name: [name] for name in steps}, None)
    blocks = dict.fromkeys(map(block_of, steps))
    return columns(steps, {block: members_of(steps, block) for block in blocks}, most)


def inside(steps: dict[str, Step], block: str, most: int = 16) -> list[Column]:
    """What feeds a block and every step of it, a column each, with their `most` strongest maps."""
    names = members_of(steps, block)
    feeds = [source for name in names for source in steps[name].sources if source not in names]
    return columns(steps, {name: [name] for name in dict.fromkeys([*feeds, *names])}, most)


def columns(steps: dict[str, Step], groups: dict[str, list[str]], most: int | None) -> list[Column]:
    """One column a group of steps, in order; each shows the maps of the last step of its group."""
    place = {name: at for at, names in enumerate(groups.values()) for name in names}
    made: list[Column] = []
    for name, names in groups.items():
        fed = {place[source] for member in names for source in steps[member].sources if source in place}
        sources = tuple(sorted(fed - {len(made)}))
        made.append(_column(name, [steps[member] for member in names], most, sources, made))
    return made


def _column(name: str, members: list[Step], most: int | None, sources: tuple[int, ...], before: list[Column]) -> Column:
    last = members[-1]
    output = as_maps(last.output)
    wiring = "same" if len(members) == 1 and sources and _channel_by_channel(last) else "all"
    chosen = before[sources[-1]].chosen if wiring == "same" else strongest(output, most)
    shown = output[torch.from_numpy(chosen)]
    return Column(
        name,
        last.name,
        last.kind if len(members) == 1 else "Block",
        tuple(step.name for step in members),
        len(output),
        output.shape[1],
        chosen,
        _reduced(shown).numpy(),
        torch.stack([shown.amin(dim=(1, 2)), shown.amax(dim=(1, 2))], dim=1).numpy(),
        output.min().item(),
        output.max().item(),
        sources,
        wiring,
        _strengths(last, chosen, before[sources[0]].chosen) if wiring == "all" and sources else None,
    )


def as_maps(output: Tensor) -> Tensor:
    """(K, H, W) as it is; a vector, (D,) or (D, 1, 1), as one map of D cells below each other, (1, D, 1)."""
    return output if output.ndim == 3 and output.shape[1:].numel() > 1 else output.reshape(1, -1, 1)


def strongest(output: Tensor, most: int | None) -> np.ndarray:
    """Numbers of the `most` maps with the largest mean |value|, strongest first; all in order if there are no more."""
    if most is None or len(output) <= most:
        return np.arange(len(output))
    return output.abs().mean(dim=(1, 2)).topk(most).indices.numpy()


def as_bytes(column: Column) -> Column:
    """The same column with each map as uint8, 0 at its lowest value and 255 at its highest: a quarter of the memory."""
    low, high = (column.ranges[:, at, None, None] for at in (0, 1))
    spread = np.where(high > low, high - low, 1)  # a constant map is all zeros
    levels = np.round((column.maps - low) / spread * 255).clip(0, 255).astype(np.uint8)
    return replace(column, maps=levels)


def _reduced(maps: Tensor) -> Tensor:
    height, width = maps.shape[1:]
    if width == 1 or max(height, width) <= WIDEST:
        return maps
    return F.adaptive_avg_pool2d(maps, WIDEST if width > WIDEST else (height, width))


def _channel_by_channel(step: Step) -> bool:
    layer = step.layer
    if isinstance(layer, nn.Conv2d):
        return 1 < layer.groups == layer.in_channels == layer.out_channels
    return not isinstance(layer, nn.Linear | nn.Flatten | nn.Unflatten | nn.AdaptiveAvgPool2d)


def _strengths(step: Step, chosen: np.ndarray, heard: np.ndarray) -> np.ndarray | None:
    """How strongly each chosen map is wired to each shown map of its source, from the weights alone."""
    if not isinstance(step.layer, nn.Conv2d):
        return None
    sums = step.layer.weight.abs().sum(dim=(2, 3)).numpy()[np.ix_(chosen, heard)]  # (M, M')
    return sums / max(sums.max(), np.finfo(np.float32).tiny)
