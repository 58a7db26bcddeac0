"""What repairs come to, in words: which is closest, by how much, and why a filter may win."""
import math
from collections.abc import Sequence

from core.repairs import NETWORK, Damage, Judged

FAIR = (
    "Each filter stands at the setting that comes closest to the clean picture. Only a judge who knows the clean "
    "picture can choose it, so this favours the filters; the network has no setting and got no help."
)
NEAR = 3.0  # dB: so close to its limit a network is held back by its code, not by the damage
NAMES = {"blur": "blur", "noise": "grain", "salt": "salt and pepper", "squares": "missing squares"}
TITLES = {"damaged": "Damaged", NETWORK: "Network", "Gaussian": "Gaussian filter", "median": "Median filter"}


def titles(name: str) -> str:
    """The name of a picture above it."""
    return TITLES.get(name, name.capitalize())


def decibels(psnr: float) -> str:
    """PSNR with its unit."""
    return f"{psnr:.1f} dB".replace("-", "−") if math.isfinite(psnr) else "∞: equal"


def gained(psnr: float, other: float) -> float:
    """How many dB more than another, of the numbers as they are shown, so that they add up."""
    return round(psnr, 1) - round(other, 1) + 0.0


def named(damage: Damage) -> str:
    """All that was done to the picture, "blur 0.3, grain 0.2 and the brush"."""
    found = [f"{name} {getattr(damage, field):g}" for field, name in NAMES.items() if getattr(damage, field)]
    found += ["the brush"] if damage.strokes else []
    *most, last = found or ["none"]
    return f"{', '.join(most)} and {last}" if most else last


def verdict(found: Sequence[Judged], damage: Damage, digit: bool, limit: float) -> str:
    """Which picture is closest to the clean one, and why; `limit`: PSNR of what the network makes of the clean one."""
    before, network, *filters = found
    best, rival = min(found, key=lambda one: one.mse), min(filters, key=lambda one: one.mse)
    if before.mse == 0:
        return f"Nothing is damaged, and the network changes the picture all the same. {_limits(digit, limit)}"
    if best is before:
        return f"**No repair helps here**: each takes away more than it mends. {_limits(digit, limit)}"
    if best is network:
        return (
            f"**The network is closest**: {decibels(network.psnr)}, {gained(network.psnr, rival.psnr):.1f} dB more "
            f"than the best filter ({rival.name}) and {gained(network.psnr, before.psnr):.1f} dB more than no repair. "
            f"{_knowledge(damage, digit)}"
        )
    why = _limits(digit, limit) if network.psnr > limit - NEAR else _why(damage, digit)
    return (
        f"**A filter wins**: {best.name} with {decibels(best.psnr)}, {gained(best.psnr, network.psnr):.1f} dB more "
        f"than the network. {why} And a judge who knows the clean picture gave the filter its best setting."
    )


def _limits(digit: bool, limit: float) -> str:
    source = "draws every picture anew from a code of 64 numbers" if digit else "paints every pixel anew"
    return f"It {source}: even undamaged, this one comes out with {decibels(limit)}."


def _knowledge(damage: Damage, digit: bool) -> str:
    if digit:
        return "It has seen 60,000 digits and draws what a digit looks like; a filter only averages what is there."
    if damage.squares or damage.strokes:
        return "It has learnt what photos look like around a hole; a filter spreads the grey of the hole."
    return "It has learnt where photos have edges, and smooths only between them."


def _why(damage: Damage, digit: bool) -> str:
    if digit:
        return "It draws what it takes the picture for, and that may be another digit."
    if damage.squares or damage.strokes:
        return "The network sees at most 15 pixels to each side: in the middle of a large hole it has nothing to go by."
    if damage.blur and not (damage.noise or damage.salt):
        return "Blur has taken fine detail away, and neither can know it."
    return (
        "It learnt from tiny photos, 32 × 32 pixels, full of edges; in a large, smooth area it leaves some of the "
        "grain that a wide average removes."
    )
