"""Run a network once on one image and keep every step, with who fed whom."""
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn


@dataclass(frozen=True)
class Step:
    """One node of the graph, on one image."""

    name: str  # node in the graph, "module1_conv1"
    kind: str  # "Conv2d", "add", "Input"
    sources: tuple[str, ...]  # the steps that fed it
    layer: nn.Module | None  # the module that ran, None for a plain function
    output: Tensor  # (K, H', W') or (D,)


class Recorder(fx.Interpreter):
    """Keeps what every node returned. Its state is its own: the network and other visitors never notice."""

    def __init__(self, graph: fx.GraphModule, slopes_from: str | None = None):
        super().__init__(graph, garbage_collect_values=False)
        self.steps: dict[str, Step] = {}
        self.batches: dict[str, Tensor] = {}  # as computed, (1, ...): what autograd must be asked about
        self.slopes_from = slopes_from  # autograd starts to listen at this step

    def run_node(self, node: fx.Node):
        output = super().run_node(node)
        if isinstance(output, Tensor) and node.op != "output":
            if node.name == self.slopes_from:
                output = output.detach().requires_grad_(True)
            layer = self.module.get_submodule(node.target) if node.op == "call_module" else None
            self.batches[node.name] = output
            sources = tuple(source.name for source in node.all_input_nodes)
            self.steps[node.name] = Step(node.name, _kind(node, layer), sources, layer, output[0])
        return output


def _kind(node: fx.Node, layer: nn.Module | None) -> str:
    if node.op == "placeholder":
        return "Input"
    return type(layer).__name__ if layer is not None else getattr(node.target, "__name__", node.op)


class _Tracer(fx.Tracer):
    """Names every step after the place in the code that makes it: "image", "blocks_2_add"."""

    def create_node(self, kind, target, args, kwargs, name=None, type_expr=None):
        if kind == "placeholder":
            name = "image"
        elif kind == "call_function":
            name = f"{self.scope.module_path}.{target.__name__}".strip(".").replace(".", "_")
        return super().create_node(kind, target, args, kwargs, name, type_expr)


def graph_of(model: nn.Module) -> fx.GraphModule:
    """The network as a graph that shares its weights; once per network, when it is loaded."""
    return fx.GraphModule(model, _Tracer().trace(model)).eval()


def record(graph: fx.GraphModule, image: Tensor, slopes_from: str | None = None) -> Recorder:
    """Run image (C, H, W) and keep what every node gave; ValueError if it stops on the way."""
    recorder = Recorder(graph, slopes_from)
    try:
        recorder.run(image[None])
    except RuntimeError as error:
        last = list(recorder.steps.values())[-1]
        came = f"it stops after {last.name} gave {tuple(last.output.shape)}"
        raise ValueError(f"an image of shape {tuple(image.shape)} does not fit this network: {came}") from error
    return recorder


def trace(graph: fx.GraphModule, image: Tensor) -> dict[str, Step]:
    """Every step by name, in the order they ran; image is (C, H, W)."""
    with torch.inference_mode():
        return record(graph, image).steps


def layer_of(graph: fx.GraphModule, name: str) -> nn.Module | None:
    """The module that a step runs, None for the input and for plain functions; ValueError for an unknown step."""
    for node in graph.graph.nodes:
        if node.name == name:
            return graph.get_submodule(node.target) if node.op == "call_module" else None
    raise ValueError(f"this network has no step {name!r}")
