"""What the commands print: JSON for programs, CSV for spreadsheets, tables for people."""
import csv
import json
import sys

from core.arithmetic import Explanation
from core.backwards import Backward
from core.gradients import Backtrace, Size


def as_json(told: list | dict) -> None:
    """Print it, in numbers that JSON knows; ValueError for NaN and infinity."""
    print(json.dumps(told, indent=2, allow_nan=False))


def predictions_as_csv(results: list[dict]) -> None:
    """A row for each answer, or for the error, of each file."""
    rows = csv.writer(sys.stdout)
    rows.writerow(["file", "rank", "label", "index", "probability", "error"])
    for result in results:
        if "error" in result:
            rows.writerow([result["file"], "", "", "", "", result["error"]])
        for rank, p in enumerate(result.get("predictions", []), start=1):
            rows.writerow([result["file"], rank, p["label"], p["index"], p["probability"], ""])


def predictions(results: list[dict]) -> None:
    """A line for each answer; the file stands beside its first."""
    for result in results:
        for rank, p in enumerate(result.get("predictions", [])):
            print(f"{result['file'] if rank == 0 else '':40}  {p['probability']:7.2%}  {p['label']}")


def layers(rows: list[dict]) -> None:
    """A line for each layer."""
    print(f"{'name':28} {'kind':18} {'shape':>16} {'parameters':>12} {'multiply-adds':>14} {'sees':>6}")
    for row in rows:
        shape = " × ".join(map(str, row["shape"]))
        sees = row["receptive_field"]["size"]
        counts = f"{row['parameters']:12,} {row['multiply_adds']:14,}"
        print(f"{row['name']:28} {row['kind']:18} {shape:>16} {counts} {sees:6,}")


def scores(rows: list[dict]) -> None:
    """A line for each score beside what it is compared with."""
    print(f"{'name':24} {'metric':36} {'value':>12}  {'reference':28} {'its value':>12}")
    for row in rows:
        other = "" if row["reference_value"] is None else f"{row['reference_value']:12.5g}"
        print(f"{row['name']:24} {row['metric']:36} {row['value']:12.5g}  {row['reference']:28} {other:>12}")


def forward_told(found: Explanation) -> dict:
    """An explanation of a number as JSON has it."""
    told = {key: getattr(found, key) for key in ("step", "kind", "rule", "unit")} | {"terms": _terms(found)}
    return told | {key: getattr(found, key) for key in ("bias", "sum", "result", "output", "difference")}


def forward(found: Explanation) -> None:
    """A line for each term, then what they make."""
    print(f"{'source':36} {'value':>14} {'weight':>14} {'product':>14}")
    for term in _terms(found):
        source = "padding" if term["source"] is None else f"{term['step']} {', '.join(map(str, term['source']))}"
        weight = "" if term["weight"] is None else f"{term['weight']:z.7g}"
        print(f"{source:36} {term['value']:z14.7g} {weight:>14} {term['product']:z14.7g}")
    ends = {"bias": found.bias, "sum": found.sum, "share": found.result}
    if found.rule != "softmax":
        del ends["share"]
    _ends({**ends, f"{found.step} has": found.output, "difference": found.difference})


def _terms(found: Explanation) -> list[dict]:
    weights = [None] * len(found.values) if found.weights is None else found.weights.tolist()
    places = [place if inside else None for place, inside in zip(found.sources.tolist(), found.inside, strict=True)]
    rows = zip(found.feeders, places, found.values.tolist(), weights, found.products.tolist(), strict=True)
    return [dict(zip(("step", "source", "value", "weight", "product"), row, strict=True)) for row in rows]


def _ends(values: dict[str, float]) -> None:
    for name, value in values.items():
        print(f"{name:66} {value:z14.7g}")


def backward_told(found: Backward) -> dict:
    """An explanation of a slope as JSON has it."""
    numbers = (found.targets, found.upstream, found.slopes, found.products)
    rows = zip(found.consumers, *(column.tolist() for column in numbers), strict=True)
    terms = [dict(zip(("step", "target", "upstream", "slope", "product"), row, strict=True)) for row in rows]
    told = {key: getattr(found, key) for key in ("step", "kind", "unit")} | {"terms": terms}
    return told | {key: getattr(found, key) for key in ("sum", "gradient", "difference")}


def backward(found: Backward) -> None:
    """A line for each place that the number feeds, then what comes back from all."""
    print(f"{'feeds':36} {'upstream':>14} {'slope':>14} {'product':>14}")
    for term in backward_told(found)["terms"]:
        target = f"{term['step']} {', '.join(map(str, term['target']))}"
        print(f"{target:36} {term['upstream']:z14.7g} {term['slope']:z14.7g} {term['product']:z14.7g}")
    _ends({"sum": found.sum, f"slope at {found.step}": found.gradient, "difference": found.difference})


def sizes(rows: list[Size], back: Backtrace, label: str, total: float) -> None:
    """A line for each step, then what the saliency of all pixels adds up to."""
    print(f"{back.aim} of {label}: {back.value:.7g}")
    print(f"{'name':28} {'kind':18} {'norm':>12} {'mean_abs':>12} {'share_zero':>11}")
    for row in rows:
        print(f"{row.name:28} {row.kind:18} {row.norm:12.5g} {row.mean_abs:12.5g} {row.share_zero:11.1%}")
    print(f"{'sum of the saliency':47} {total:12.5g}")
