"""numpy in, plotly figure out. Knows neither Streamlit nor torch."""
import numpy as np
import plotly.graph_objects as go

BLUE, ORANGE = "#3a87c8", "#e07b1a"  # safe for colour-blind eyes, in light and in dark


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
