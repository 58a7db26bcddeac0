"""Names of the engine in words for people."""
import re

from core import anatomy, numerals

KINDS = {
    "Conv2d": "convolution",
    "BatchNorm2d": "batch norm",
    "ReLU": "ReLU",
    "ReLU6": "ReLU6",
    "MaxPool2d": "max pooling",
    "AdaptiveAvgPool2d": "global average",
    "ZeroPad2d": "zero padding",
    "Linear": "fully connected",
    "Flatten": "flatten",
    "Unflatten": "into maps",
    "Upsample": "upsampling",
    "Sigmoid": "sigmoid",
    "Identity": "nothing",
    "Input": "input",
    "add": "add",
    "Block": "block",
}


def group_and_title(name: str) -> tuple[str, str]:
    """A name in two parts: what it is part of ("" for nothing) and what it is.

    "module1_conv2" -> "Module 1", "conv 2"; "blocks_3_add" -> "Block 3", "add"; "blocks_3" -> "Block", "3"
    """
    *group, title = re.sub(r"^blocks_", "block_", name).split("_")
    return _spaced(" ".join(group)).capitalize(), _spaced(title)


def full_name(name: str) -> str:
    """The name in one line, "Module 1 conv 2"."""
    return " ".join(part for part in group_and_title(name) if part)


def _spaced(name: str) -> str:
    return re.sub(r"([a-z])(\d)", r"\1 \2", name)


def plain(text: str) -> str:
    """Text from outside (a file's name) with nothing left that Markdown would act on."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)


def times(shape: tuple[int, ...]) -> str:
    """A shape as the engine writes it in its formulas, "16 × 32 × 32"."""
    return anatomy.times(*shape)


def number(value: float) -> str:
    """Four significant digits and a real minus sign, as the components write it."""
    return numerals.shown(value)


def a_digit(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def percent(share: float) -> str:
    """A probability with one decimal; what would round to 0 or 100 says so, as the components write it."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return "> 99.9 %" if 0.9995 <= share < 1 else f"{100 * share:.1f} %"


def in_groups(problems: list[tuple[str, str]], most: int = 3) -> list[str]:
    """One line for each message, with the files it is about; a long list is cut."""
    lines = []
    for message in dict.fromkeys(message for _, message in problems):
        names = [plain(name) for name, said in problems if said == message]
        more = f" and {len(names) - most} more" if len(names) > most else ""
        lines.append(f"**{', '.join(names[:most])}**{more}: {message}")
    return lines


def no_formula(name: str) -> str:
    """A file's name as a cell of a table that a spreadsheet will not run."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name
