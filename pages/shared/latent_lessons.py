"""What the space of codes comes to: the cloud of a picture, brand-new digits, holes, and the walk as a table."""
import numpy as np
import pandas as pd
import streamlit as st

from core import latent
from core.latent import Decoded
from pages.shared import cached_codes, components, latent_quiz, latent_words, link, tables, words
from pages.shared.components import pack
from pages.shared.latent_choices import FORGOTTEN, choose_picture
from pages.shared.latent_page import as_bytes, walked
from pages.shared.latent_place import SPACES, Shown, ask, ask_both
from pages.shared.tell import fold

SAMPLES, NEW = 8, 40
PLAIN, CLOUDY = "plain, 2", "variational, 2"


def tell(shown: Shown, asked: str) -> None:
    """Cloud and new digits side by side, then the holes; `asked`: the kind of question that is open."""
    left, right = st.columns(2, gap="medium")
    with left:
        _cloud(shown, asked)
    with right:
        _new(shown)
    _holes()
    with fold("The walk as a table", "fold-walk", asked == latent_quiz.WALK) as is_open:
        if is_open:
            _walk(shown)


def _album(key: str, title: str, images: np.ndarray, captions: list[dict], size: int) -> None:
    shows = f"{key} {[caption['words'] for caption in captions]}"
    components.album(pack(dict(title=title, captions=captions, size=size, shows=shows), pixels=as_bytes(images)), key)


def _captions(found: Decoded) -> list[dict]:
    """What LeNet takes each picture for; a question mark where it is not sure."""
    read = zip(found.labels, found.chances, found.sure, strict=True)
    return [dict(words=f"{label}{'' if sure else '?'} {100 * p:.0f} %", strong=bool(sure)) for label, p, sure in read]


# ---- the cloud of the picture -----------------------------------------------------------------


def _cloud(shown: Shown, asked: str) -> None:
    st.subheader("What the encoder gives", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="latent-encoded"):
        choose_picture()
        help = "Another throw of the dice for the samples."
        seed = link.count("Seed", 0, 999, key="latent_seed", begin=0, width=130, help=help) if shown.has_clouds else 0
    if shown.hand is None:
        st.info(latent_words.empty(shown.title))
        return
    given = [dict(words="goes in", strong=False), dict(words="comes out", strong=False)]
    both = ask_both(latent.rebuilt, shown.name, shown.image)
    kept = latent_words.rebuilt(both, cached_codes.on_test_digits(shown.name)["errors"])
    if not shown.has_clouds:
        _album("latent_cloud", shown.title, both.images, given, 72)
        few = ", ".join(words.number(round(float(value), 2)) for value in shown.hand[:8])
        st.markdown(
            f"A plain encoder turns {shown.title} into one place: ({few}{', …' if len(shown.hand) > 8 else ''}). "
            f"{kept} A variational encoder gives a cloud: a mean and a standard deviation for each number."
        )
        return
    cloud = ask(latent.cloud, shown.name, shown.image)
    found = ask_both(latent.around, shown.name, shown.image, SAMPLES, seed)
    _album("latent_cloud", shown.title, np.concatenate([both.images, found.images]), given + _captions(found), 52)
    first = words.number(float(cloud.mean[0])), words.number(float(cloud.deviation[0]))
    total = "hidden until you have answered" if asked == latent_quiz.COST else f"**{cloud.cost.sum():.2f}** nats"
    st.markdown(
        f"{shown.title.capitalize()}, what the mean decodes to, and {SAMPLES} samples: each number is mean + standard "
        f"deviation × a throw of the dice, for the first {first[0]} + {first[1]} × dice. Being so far from the "
        f"standard Gaussian costs {total} (KL divergence). {kept}"
    )
    hidden = asked == latent_quiz.COST
    _units(cloud, hidden)


def _units(cloud: latent.Cloud, hidden: bool) -> None:
    """Mean, standard deviation and cost of every unit."""
    units = range(1, len(cloud.mean) + 1)
    table = pd.DataFrame({"unit": units, "mean": cloud.mean, "standard deviation": cloud.deviation})
    if not hidden:
        table["KL, nats"] = cloud.cost
    st.dataframe(table, hide_index=True, height=min(36 * len(table) + 38, 220), key="latent_units")


# ---- new digits -------------------------------------------------------------------------------


def _another() -> None:
    link.go(latent_new=(link.whole("latent_new", 0, 999, 0) + 1) % 1000)


def _new(shown: Shown) -> None:
    st.subheader("Brand-new digits", anchor=False)
    if not shown.has_clouds:
        st.markdown(
            "New codes can only be drawn where it is known how codes are spread. A variational encoder was trained "
            "towards the standard Gaussian (mean 0, standard deviation 1); this plain one was left alone."
        )
        to = CLOUDY if shown.is_map else "variational, 16"
        st.button(f"Take {to}", key="latent_cloudy", on_click=_take, args=(to,))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="new-digits"):
        help = "Where the dice begin; the same seed draws the same digits."
        seed = link.count("Seed of the dice", 0, 999, key="latent_new", begin=0, width=140, help=help)
        st.button("Draw others", icon=":material/casino:", key="latent_again", on_click=_another)
    found = ask_both(latent.fresh, shown.name, NEW, seed)
    _album("latent_digits", "New digits", found.images, _captions(found), 46)
    st.markdown(
        f"Nobody wrote these: {NEW} codes drawn from the standard Gaussian, decoded. LeNet is sure (at least "
        f"{100 * latent.SURE:.0f} %) of **{found.sure.sum()} of {NEW}**."
    )


def _take(space: str) -> None:
    link.go(latent_on=space, **{name: link.UNSET for name in FORGOTTEN if name in st.query_params})


# ---- holes ------------------------------------------------------------------------------------


def _holes() -> None:
    st.subheader("Why the plain map has holes", anchor=False)
    surveys = {space: cached_codes.survey(SPACES[space]) for space in (PLAIN, CLOUDY)}
    plain, cloudy = surveys.values()
    costs = cached_codes.on_test_digits(SPACES[CLOUDY]).get("costs")
    paid = "" if costs is None else f", on average {costs.mean():.2f} nats a digit"
    holes, sure = ([words.percent(getattr(found, share)) for found in surveys.values()] for share in ("holes", "sure"))
    st.markdown(
        f"Of {len(plain.distances):,} places within {latent.REACH:g} standard deviations of the mean code, "
        f"**{holes[0]}** of the plain map and **{holes[1]}** of the variational one are holes: no test digit stands "
        f"within {latent.NEAR:g} standard deviations. {_verdict(plain.holes, cloudy.holes)} Nothing tells a plain "
        "encoder where to put its codes, and what its decoder draws between them was never trained. A variational one "
        f"pays for every cloud that is not the standard Gaussian{paid}: clouds crowd around 0 until they touch, and "
        "the decoder has drawn from everywhere in them. Where different digits touch, it draws something in between: "
        f"LeNet is sure in {sure[0]} and {sure[1]} of the places."
    )
    table = pd.DataFrame({"": _NAMES, **{space: _numbers(found) for space, found in surveys.items()}})
    st.dataframe(table, hide_index=True, key="latent_holes")
    tables.save(table, "latent-space", "save-holes")


def _verdict(plain: float, cloudy: float) -> str:
    if cloudy >= plain:
        return "The plain one was lucky this time."
    return f"That is {plain / cloudy:.1f} times as many." if cloudy else "Only the plain one has any."


_NAMES = (
    "first number: mean", "first number: standard deviation", "second number: mean",
    "second number: standard deviation", "places visited", "share that are holes",
    "farthest from any test digit, in standard deviations", "share where LeNet is sure",
)  # fmt: skip


def _numbers(found: latent.Survey) -> list[str]:
    spread = [float(of[at]) for at in (0, 1) for of in (found.mean, found.deviation)]
    share = [words.percent(found.holes), words.number(float(found.distances.max())), words.percent(found.sure)]
    return [*map(words.number, spread), f"{len(found.distances):,}", *share]


# ---- the walk ---------------------------------------------------------------------------------


def _walk(shown: Shown) -> None:
    if not shown.has_walk:
        st.info(latent_words.no_walk(shown.ends))
        return
    found = walked(shown)
    table = pd.DataFrame({"way": np.linspace(0, 1, len(found.codes)), "LeNet reads": found.labels, "p": found.chances})
    for unit, values in enumerate(found.codes.T, start=1):
        table[f"unit {unit}"] = values
    st.dataframe(table, hide_index=True, key="latent_walk")
    tables.save(table, "walk", "save-walk")
