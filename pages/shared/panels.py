"""What grids of numbers that stand side by side are sent."""
import numpy as np

from pages.shared.components import as_bytes, pack


def group(title: str, note: str, panels: list[dict]) -> dict:
    """Panels that stand below each other, under one title."""
    return {"title": title, "note": note, "panels": panels}


def picture(side: int, title: str) -> dict:
    """The picture itself, side × side pixels."""
    name = f"{side} × {side} pixels"
    return {"name": name, "note": "", "rows": side, "columns": side, "picture": True, "alt": f"{title}."}


def grid(values: np.ndarray, name: str, note: str, signed: bool, unit: str, alt: str) -> dict:
    """Numbers (H', W'); nan is left blank."""
    most = float(np.nanmax(np.abs(values))) or 1.0
    domain = {"scale": "signed" if signed else "magnitude", "low": -most if signed else 0, "high": most}
    rows, columns = values.shape
    return {
        **dict(name=name, note=note, rows=rows, columns=columns, picture=False, alt=alt, unit=unit, domain=domain),
        "values": np.ascontiguousarray(values, np.float32),
    }


def data(
    groups: list[dict], key: str, grid: tuple[int, int], hint: str, *,
    at: tuple[int, int] | None = None, picture: bytes | None = None, stride: int = 1, tile: dict | None = None,
    widest: int = 240,
) -> bytes:  # fmt: skip
    """Everything packed; `grid` has the rows and columns that are pointed at, `at` is the chosen one."""
    panels = [panel for one in groups for panel in one["panels"] if not panel["picture"]]
    plain = [one | {"panels": [_without_values(panel) for panel in one["panels"]]} for one in groups]
    header = dict(groups=plain, key=key, shows=f"{key}/{at}", grid=dict(rows=grid[0], columns=grid[1]), hint=hint)
    header |= dict(at=at, stride=stride, tile=tile, widest=widest)
    arrays = {f"panel{place}": panel["values"] for place, panel in enumerate(panels)}
    if picture:
        arrays["picture"] = as_bytes(picture)
    return pack(header, **arrays)


def _without_values(panel: dict) -> dict:
    return {name: value for name, value in panel.items() if name != "values"}


def mosaic(kernels: np.ndarray) -> tuple[np.ndarray, dict]:
    """Kernels (C, k, k) in rows, nan between them; and how to find one of them again."""
    count, size, _ = kernels.shape
    across, pitch = int(np.ceil(np.sqrt(count))), size + 1 if size > 1 else 1
    down = -(-count // across)
    cells = np.full((down * pitch, across * pitch), np.nan, np.float32)
    for channel, kernel in enumerate(kernels):
        row, column = divmod(channel, across)
        cells[row * pitch : row * pitch + size, column * pitch : column * pitch + size] = kernel
    edge = pitch - size
    tile = dict(size=size, pitch=pitch, across=across, count=count)
    return cells[: len(cells) - edge, : cells.shape[1] - edge], tile


def tap(tile: dict, row: int, column: int) -> tuple[int, int, int] | None:
    """Channel, row and column of a cell of the mosaic; None between two kernels."""
    (down, at_row), (across, at_column) = divmod(row, tile["pitch"]), divmod(column, tile["pitch"])
    channel = down * tile["across"] + across
    inside = channel < tile["count"] and max(at_row, at_column) < tile["size"] and across < tile["across"]
    return (channel, at_row, at_column) if inside else None


def cell(tile: dict, tap: tuple[int, int, int]) -> tuple[int, int]:
    """Row and column in the mosaic of a weight."""
    down, across = divmod(tap[0], tile["across"])
    return down * tile["pitch"] + tap[1], across * tile["pitch"] + tap[2]
