"""Pooling: of every window one number goes on, so a map becomes smaller."""
from core import arithmetic, experiments, ops
from pages.shared import calculation, pooling_page, shell, tell, unit

LEAD = "A window slides over a map. Of the cells that it covers only one number goes on: the largest, or their mean."
hand = shell.open_page("Pooling", LEAD)
source = pooling_page.choose_source()
on_layer = source == unit.LAYER
shown = calculation.layer(hand, "pooling") if on_layer else pooling_page.anew(hand, source)
if shown:
    pooling_page.tell(hand, shown, source)
tell.try_this(
    "Point at a winner, the cell with the yellow dot. In how many windows does it win if the stride is smaller?",
    "Choose **average**. Which of the two keeps a thin bright line, and which one washes it out?",
    "Move the picture by as many pixels as the stride. How much do the maps change before and after pooling?",
)
tell.show_code(
    ops.patches,
    ops.max_pool2d,
    ops.avg_pool2d,
    ops.global_avg_pool,
    arithmetic.pooling,
    experiments.shifted,
    experiments.change,
    torch=pooling_page.in_torch(shown),
)
tell.sources(
    hand,
    "Max pooling against averages: Boureau, Ponce and LeCun 2010, A theoretical analysis of feature pooling in visual "
    "recognition",
    "The mean of whole maps: Lin, Chen and Yan 2013, <https://arxiv.org/abs/1312.4400>",
    "What a small shift does: Zhang 2019, Making convolutional networks shift-invariant again, "
    "<https://arxiv.org/abs/1904.11486>",
)
