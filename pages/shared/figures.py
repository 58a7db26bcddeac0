"""numpy in, plotly figure out. Knows neither Streamlit nor torch."""
import numpy as np
import plotly.graph_objects as go

BLUE, ORANGE = "#3a87c8", "#e07b1a"  # safe for colour-blind eyes, in light and in dark
GREEN = "#2f9e77"
PLAIN = {"displayModeBar": False, "responsive": True}
MARGIN, BARE = dict(l=10, r=10, t=60, b=10), dict(l=10, r=10, t=10, b=10)
TOP = dict(orientation="h", y=1.02, yanchor="bottom")


def _figure(title: str, traces: list[dict], x: dict, y: dict, **layout) -> go.Figure:
    """Made in one go: adding traces and axes one by one takes plotly eight times as long."""
    shape = dict(height=300, margin=MARGIN if title else BARE, legend=TOP, xaxis=x, yaxis=y)
    return go.Figure(traces, layout=shape | ({"title": title} if title else {}) | layout)


def histogram(everywhere: np.ndarray, here: np.ndarray, name: str, bins: int = 60) -> go.Figure:
    """How often values occur in a whole layer and in one map of it, as shares of each, in the same bins."""
    edges = np.histogram_bin_edges(everywhere, bins)
    middles = (edges[:-1] + edges[1:]) / 2
    traces = []
    series = [(everywhere, "the whole layer", BLUE), (here, name, ORANGE)]
    for values, label, colour in series if here.size > 1 else series[:1]:
        counts, _ = np.histogram(values, edges)
        shares = counts / max(counts.sum(), 1)
        traces.append(dict(type="bar", x=middles, y=shares, name=label, marker_color=colour, opacity=0.7))
    y = dict(title="share of the values", tickformat=".0%")
    beside = dict(showlegend=True, legend=None, barmode="overlay", bargap=0)
    return _figure("", traces, dict(title="value"), y, **beside)


def loss_curve(
    name: str, weights: np.ndarray, losses: np.ndarray, tangent: np.ndarray,
    now: tuple[float, float], landed: tuple[float, float],
) -> go.Figure:  # fmt: skip
    """The loss along one weight, its tangent where the weight stands, and where the update lands."""
    traces = [
        dict(x=weights, y=losses, name="loss", line_color=ORANGE),
        dict(x=weights, y=tangent, name="tangent", line=dict(color=BLUE, dash="dash")),
    ]
    for point, label, colour, symbol in ((now, "now", BLUE, "circle"), (landed, "after the step", GREEN, "diamond")):
        marker = dict(color=colour, size=12, symbol=symbol)
        traces.append(dict(x=point[:1], y=point[1:], name=label, mode="markers", marker=marker))
    low, high = float(losses.min()), float(losses.max())
    room = 0.1 * max(high - low, 1e-6)
    y = dict(title="loss", range=[low - room, high + room])
    return _figure(f"The loss along {name}", traces, dict(title=name), y)


def losses(runs: dict[str, list[float]]) -> go.Figure:
    """Losses of several runs, iteration by iteration; what is no longer finite ends its line."""
    styles = zip((BLUE, GREEN, ORANGE), ("dot", "solid", "dash"), strict=True)
    traces = [
        dict(y=values, name=name, line=dict(color=colour, dash=dash))
        for (name, values), (colour, dash) in zip(runs.items(), styles, strict=True)
    ]
    y = dict(title="loss", rangemode="tozero")
    return _figure("Three learning rates", traces, dict(title="iteration"), y)


def nudges(steps: np.ndarray, real: np.ndarray, predicted: np.ndarray, name: str) -> go.Figure:
    """The real change of a score or loss along one number, and the straight line that its slope predicts."""
    traces = [
        dict(x=steps, y=real, name="real", line_color=ORANGE, mode="lines+markers"),
        dict(x=steps, y=predicted, name="predicted", line=dict(color=BLUE, dash="dash")),
    ]
    return _figure(f"Change of {name}", traces, dict(title="step"), dict(title="change"))


def errors(tests: np.ndarray, marks: dict[str, float], bins: int = 60) -> go.Figure:
    """How often an error occurs among test pictures, on a logarithmic scale, and where others stand.

    The first of the marks is this picture's.
    """
    first, *_ = marks
    low = max(0.9 * min(tests.min(), *marks.values()), 1e-5)
    ends = np.log10([low, max(tests.max(), *marks.values()) * 1.1])
    edges = np.logspace(*ends, bins)
    counts, _ = np.histogram(tests, edges)
    bars = dict(
        type="bar", x=(edges[:-1] + edges[1:]) / 2, y=counts, width=np.diff(edges), name="test digits",
        marker_color=BLUE, opacity=0.7,
    )  # fmt: skip
    shown = {name: max(error, low) for name, error in marks.items()}
    ticks = [digit * 10.0**power for power in range(-5, 2) for digit in (1, 2, 5)]
    scale = dict(type="log", tickvals=ticks, ticktext=[_plain(tick) for tick in ticks], range=[ends[0], ends[1] + 0.05])
    return _figure(
        "Errors of 10,000 test digits", [bars, *_pins(shown, first, counts.max(), 10 ** ends.mean())],
        dict(title="mean squared error", **scale), dict(title="test digits"), height=320, showlegend=False, bargap=0,
    )  # fmt: skip


def _plain(number: float) -> str:
    return np.format_float_positional(number, trim="-")


def _pins(places: dict[str, float], first: str, top: float, middle: float) -> list[dict]:
    """Lines up to names, each at a height of its own above the bars.

    Names stand towards the middle, and those at the sides are highest: no line crosses a name of its side.
    """
    places = dict(sorted(places.items(), key=lambda place: -abs(np.log(place[1] / middle))))
    heights = top * np.linspace(2.2, 1.1, len(places))
    feet = [at for x in places.values() for at in (x, x, None)]
    tops = [at for height in heights for at in (0, height, None)]
    colours = [ORANGE if name == first else GREEN for name in places]
    sizes = [14 if name == first else 9 for name in places]
    sides = [f"middle {'left' if x > middle else 'right'}" for x in places.values()]
    return [
        dict(x=feet, y=tops, mode="lines", line=dict(color=GREEN, width=1.5), hoverinfo="skip"),
        dict(
            x=list(places.values()), y=heights, text=list(places), name="", mode="markers+text", textposition=sides,
            marker=dict(color=colours, size=sizes, symbol="diamond"),
        ),
    ]  # fmt: skip


def few_labels(counts: list[int], lines: dict[str, list[tuple[float, float]]]) -> go.Figure:
    """Accuracy with so many labels, (mean, spread) each, for classifiers that are given different things."""
    traces = []
    for (name, values), colour, dash in zip(lines.items(), (ORANGE, BLUE), ("solid", "dash"), strict=True):
        means, spreads = zip(*values, strict=True)
        error = dict(type="data", array=spreads, thickness=1.2, width=5)
        traces.append(dict(x=counts, y=means, error_y=error, name=name, line=dict(color=colour, dash=dash)))
    x = dict(title="labelled digits to learn from", type="log", tickvals=counts)
    return _figure("Accuracy on test digits", traces, x, dict(title="read right", tickformat=".0%"))
