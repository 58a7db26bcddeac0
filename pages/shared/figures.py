"""numpy in, plotly figure out. Knows neither Streamlit nor torch."""
import numpy as np
import plotly.graph_objects as go

BLUE, ORANGE = "#3a87c8", "#e07b1a"  # safe for colour-blind eyes, in light and in dark
GREEN = "#2f9e77"
PLAIN = {"displayModeBar": False, "responsive": True}
MARGIN = dict(l=10, r=10, t=60, b=10)
TOP = dict(orientation="h", y=1.02, yanchor="bottom")


def histogram(everywhere: np.ndarray, here: np.ndarray, name: str, bins: int = 60) -> go.Figure:
    """How often values occur in a whole layer and in one map of it, as shares of each, in the same bins."""
    edges = np.histogram_bin_edges(everywhere, bins)
    figure = go.Figure()
    series = [(everywhere, "the whole layer", BLUE), (here, name, ORANGE)]
    for values, label, colour in series if here.size > 1 else series[:1]:
        counts, _ = np.histogram(values, edges)
        shares = counts / max(counts.sum(), 1)
        middles = (edges[:-1] + edges[1:]) / 2
        figure.add_bar(x=middles, y=shares, name=label, marker_color=colour, opacity=0.7)
    figure.update_layout(showlegend=True, barmode="overlay", bargap=0, height=300, margin=dict(l=10, r=10, t=10, b=10))
    figure.update_xaxes(title="value")
    figure.update_yaxes(title="share of the values", tickformat=".0%")
    return figure


def loss_curve(
    name: str, weights: np.ndarray, losses: np.ndarray, tangent: np.ndarray,
    now: tuple[float, float], landed: tuple[float, float],
) -> go.Figure:  # fmt: skip
    """The loss along one weight, its tangent where the weight stands, and where the update lands."""
    figure = go.Figure()
    figure.add_scatter(x=weights, y=losses, name="loss", line_color=ORANGE)
    figure.add_scatter(x=weights, y=tangent, name="tangent", line=dict(color=BLUE, dash="dash"))
    for point, label, colour, symbol in ((now, "now", BLUE, "circle"), (landed, "after the step", GREEN, "diamond")):
        marker = dict(color=colour, size=12, symbol=symbol)
        figure.add_scatter(x=point[:1], y=point[1:], name=label, mode="markers", marker=marker)
    low, high = float(losses.min()), float(losses.max())
    room = 0.1 * max(high - low, 1e-6)
    figure.update_layout(title=f"The loss along {name}", height=300, margin=MARGIN, legend=TOP)
    figure.update_xaxes(title=name)
    figure.update_yaxes(title="loss", range=[low - room, high + room])
    return figure


def losses(runs: dict[str, list[float]]) -> go.Figure:
    """Losses of several runs, iteration by iteration; what is no longer finite ends its line."""
    figure = go.Figure()
    styles = zip((BLUE, GREEN, ORANGE), ("dot", "solid", "dash"), strict=True)
    for (name, values), (colour, dash) in zip(runs.items(), styles, strict=True):
        figure.add_scatter(y=values, name=name, line=dict(color=colour, dash=dash))
    figure.update_layout(title="Three learning rates", height=300, margin=MARGIN, legend=TOP)
    figure.update_xaxes(title="iteration")
    figure.update_yaxes(title="loss", rangemode="tozero")
    return figure


def nudges(steps: np.ndarray, real: np.ndarray, predicted: np.ndarray, name: str) -> go.Figure:
    """The real change of a score or loss along one number, and the straight line that its slope predicts."""
    figure = go.Figure()
    figure.add_scatter(x=steps, y=real, name="real", line_color=ORANGE, mode="lines+markers")
    figure.add_scatter(x=steps, y=predicted, name="predicted", line=dict(color=BLUE, dash="dash"))
    figure.update_layout(title=f"Change of {name}", height=300, margin=MARGIN, legend=TOP)
    figure.update_xaxes(title="step")
    figure.update_yaxes(title="change")
    return figure


def errors(tests: np.ndarray, marks: dict[str, float], bins: int = 60) -> go.Figure:
    """How often an error occurs among test pictures, on a logarithmic scale, and where others stand.

    The first of the marks always has its place; others that are far below all tests are left out.
    """
    first, *_ = marks
    low = max(min(tests.min(), marks[first]), 1e-5)
    ends = np.log10([low, max(tests.max(), *marks.values()) * 1.1])
    edges = np.logspace(*ends, bins)
    counts, _ = np.histogram(tests, edges)
    figure = go.Figure()
    widths, middles = np.diff(edges), (edges[:-1] + edges[1:]) / 2
    figure.add_bar(x=middles, y=counts, width=widths, name="test digits", marker_color=BLUE, opacity=0.7)
    shown = {name: error for name, error in marks.items() if error >= low or name == first}
    heights = counts.max() * np.linspace(1.8, 1.1, len(shown))  # each label on a line of its own, above the bars
    for (name, error), height in zip(shown.items(), heights, strict=True):
        colour, size = (ORANGE, 14) if name == first else (GREEN, 9)
        x, line = max(error, low), dict(color=colour)
        figure.add_scatter(x=[x, x], y=[0, height], mode="lines", line=line, showlegend=False)
        figure.add_scatter(
            x=[x], y=[height], name=name, text=[name], mode="markers+text",
            textposition="middle left" if np.log10(x) > ends.mean() else "middle right",
            marker=dict(color=colour, size=size, symbol="diamond"), showlegend=False,
        )  # fmt: skip
    figure.update_layout(title="Errors of 10,000 test digits", height=320, margin=MARGIN, showlegend=False, bargap=0)
    figure.update_xaxes(title="mean squared error", type="log", range=[ends[0], ends[1] + 0.05])
    figure.update_yaxes(title="test digits")
    return figure


def few_labels(counts: list[int], lines: dict[str, list[tuple[float, float]]]) -> go.Figure:
    """Accuracy with so many labels, (mean, spread) each, for classifiers that are given different things."""
    figure = go.Figure()
    for (name, values), colour, dash in zip(lines.items(), (ORANGE, BLUE), ("solid", "dash"), strict=True):
        means, spreads = zip(*values, strict=True)
        error = dict(type="data", array=spreads, thickness=1.2, width=5)
        figure.add_scatter(x=counts, y=means, error_y=error, name=name, line=dict(color=colour, dash=dash))
    figure.update_layout(title="Accuracy on test digits", height=300, margin=MARGIN, legend=TOP)
    figure.update_xaxes(title="labelled digits to learn from", type="log", tickvals=counts)
    figure.update_yaxes(title="read right", tickformat=".0%")
    return figure
