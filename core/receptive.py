"""Which cells of the input a unit sees, and where they lie on the visitor's own photo."""
from dataclasses import dataclass, replace

from torch import nn

from core.trace import Step

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class ReceptiveField:
    """Along one side, in cells of the network's input; unit i sees start + i * stride and the size - 1 cells after it.

    With kernel k, stride s and padding p on top: size + (k - 1) * stride, stride * s, start - p * stride.
    Araujo et al. 2019, https://distill.pub/2019/computing-receptive-fields
    """

    size: int = 1
    stride: int = 1
    start: int = 0  # may lie in the padding, below zero

    def cells(self, row: int, column: int) -> Rectangle:
        """Left, top, right, bottom of what the unit sees; padding included."""
        left, top = self.start + column * self.stride, self.start + row * self.stride
        return left, top, left + self.size, top + self.size

    def after_window(self, kernel: int, stride: int = 1, padding: int = 0) -> "ReceptiveField":
        """The field of a unit that looks through a window at units with this field."""
        return ReceptiveField(
            self.size + (kernel - 1) * self.stride, self.stride * stride, self.start - padding * self.stride
        )


def receptive_fields(steps: dict[str, Step]) -> dict[str, ReceptiveField]:
    """The field of every step of a trace; ValueError for a kind of step that is not known here."""
    fields: dict[str, ReceptiveField] = {}
    for step in steps.values():
        before = [fields[source] for source in step.sources]
        fields[step.name] = _field(step, before, steps)
    return fields


def _field(step: Step, before: list[ReceptiveField], steps: dict[str, Step]) -> ReceptiveField:
    if not before:
        return ReceptiveField()
    first, side = before[0], steps[step.sources[0]].output.shape[-1]
    match step.layer:
        case nn.Conv2d() as conv:
            return first.after_window(conv.dilation[0] * (conv.kernel_size[0] - 1) + 1, conv.stride[0], conv.padding[0])
        case nn.MaxPool2d() as pool:
            return first.after_window(pool.dilation * (pool.kernel_size - 1) + 1, pool.stride, pool.padding)
        case nn.AvgPool2d() as pool:
            return first.after_window(pool.kernel_size, pool.stride, pool.padding)
        case nn.ZeroPad2d() as pad:
            return replace(first, start=first.start - pad.padding[0] * first.stride)
        case nn.AdaptiveAvgPool2d():
            return first.after_window(side)
        case nn.Linear():
            return _everything(first, steps[step.sources[0]], steps)
        case nn.ReLU() | nn.ReLU6() | nn.BatchNorm2d() | nn.Flatten() | nn.Sigmoid() | nn.Identity():
            return first
        case nn.Unflatten():
            return replace(first, stride=0)  # every unit saw the same, wherever its cell is put
        case nn.Upsample() if first.stride == 0:
            return first
    if step.kind == "add":
        return _union(before)
    raise ValueError(f"no receptive field is known for {step.name}, a {step.kind}")


def _everything(field: ReceptiveField, step: Step, steps: dict[str, Step]) -> ReceptiveField:
    """A fully connected unit sees whatever any of the flattened units sees."""
    while step.kind == "Flatten":
        step = steps[step.sources[0]]
    side = step.output.shape[-1] if step.output.ndim == 3 else 1
    return ReceptiveField(field.size + (side - 1) * field.stride, field.stride, field.start)


def _union(fields: list[ReceptiveField]) -> ReceptiveField:
    """Of branches that meet: all have the same stride, the widest reach counts."""
    start = min(field.start for field in fields)
    return ReceptiveField(max(field.start + field.size for field in fields) - start, fields[0].stride, start)


def on_photo(cells: Rectangle, side: int, box: Rectangle) -> Rectangle:
    """Cells of the network's input, side x side, as a rectangle in pixels of the photo; the input shows its `box`.

    Cells in the padding see nothing, so the rectangle is cut at the edge of the input.
    """
    left, top, right, bottom = (min(max(edge, 0), side) / side for edge in cells)
    width, height = box[2] - box[0], box[3] - box[1]
    return box[0] + left * width, box[1] + top * height, box[0] + right * width, box[1] + bottom * height
