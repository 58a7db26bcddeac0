"""Run a network once on one image and keep every step, with who fed whom."""
import contextlib
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn


@dataclass(frozen=True)
class Place:
    """One step of a network, whatever the image."""

    name: str  # "module1_conv1"
    kind: str  # "Conv2d", "add", "Input"
    sources: tuple[str, ...]  # the steps that feed it
    layer: nn.Module | None  # the module that runs, None for the input and for plain functions


@dataclass(frozen=True)
class Step(Place):
    """One step of a network on one image."""

    output: Tensor  # (K, H', W') or (D,)


class _Tracer(fx.Tracer):
    """Names every step after the place in the code that makes it: "image", "blocks_2_add"."""

    def create_node(self, kind, target, args, kwargs, name=None, type_expr=None):
        if kind == "placeholder":
            name = "image"
        elif kind == "call_function":
            name = f"{self.scope.module_path}.{target.__name__}".strip(".").replace(".", "_")
        return super().create_node(kind, target, args, kwargs, name, type_expr)


def graph_of(model: nn.Module) -> fx.GraphModule:
    """The network rewritten to return what every step gives, with the same weights; once, when it is loaded.

    Compiled code, not an interpreter, which would add a sixth to the time of 150 steps. It keeps nothing, so that
    many visitors may run it at once.
    """
    graph = _Tracer().trace(model)
    *nodes, end = graph.nodes
    graph.erase_node(end)
    graph.output(tuple(nodes))
    module = fx.GraphModule(model, graph).eval()
    module.meta["places"] = {node.name: _place(module, node) for node in nodes}
    return module


def _place(module: fx.GraphModule, node: fx.Node) -> Place:
    layer = module.get_submodule(node.target) if node.op == "call_module" else None
    kind = "Input" if node.op == "placeholder" else type(layer).__name__ if layer else node.target.__name__
    return Place(node.name, kind, tuple(source.name for source in node.all_input_nodes), layer)


def places(graph: fx.GraphModule) -> dict[str, Place]:
    """The steps by name, in the order they run."""
    return graph.meta["places"]


def run(graph: fx.GraphModule, batch: Tensor) -> tuple[Tensor, ...]:
    """What every step gives for (1, C, H, W), as (1, ...); ValueError with the last good step if it does not fit."""
    try:
        return graph(batch)
    except RuntimeError as error:
        raise ValueError(_stops(graph, batch)) from error


def _stops(graph: fx.GraphModule, batch: Tensor) -> str:
    slowly = fx.Interpreter(graph, garbage_collect_values=False)
    with contextlib.suppress(RuntimeError):
        slowly.run(batch)
    *_, (node, value) = slowly.env.items()
    shape, last = tuple(batch.shape[1:]), tuple(value.shape[1:])
    return f"an image of shape {shape} does not fit this network: it stops after {node.name} gave {last}"


def steps_of(graph: fx.GraphModule, outputs: tuple[Tensor, ...]) -> dict[str, Step]:
    """The outputs of a run with their places, without the batch axis."""
    return {
        place.name: Step(place.name, place.kind, place.sources, place.layer, output[0])
        for place, output in zip(places(graph).values(), outputs, strict=True)
    }


def trace(graph: fx.GraphModule, image: Tensor) -> dict[str, Step]:
    """Every step by name, in the order they ran; image is (C, H, W)."""
    with torch.inference_mode():
        return steps_of(graph, run(graph, image[None]))
