"""The visitor's own photos."""
import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import answers, images, samples
from pages.shared import cached, photos, words
from tests.hostile import save
from tests.pages.apptest import choose, gone, happens, opened, press, scene, sent, upload, whole
from tests.pages.engine import LARGE, READ, first_answer, heading, network, photo, traced_picture
from tests.pages.reading import table


def test_one_photo_is_classified_and_traced():
    data = photo("coffee")
    at = upload(opened(network="tiny_vgg"), ("My cup.jpg", data))
    shown = sent(at, "answer")
    assert shown["heading"] == heading("tiny_vgg", data)
    assert "My cup.jpg" in shown["alt"]
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == ["My cup.jpg"]
    net = network("tiny_vgg")
    square = images.fit(images.decode(data), net.preprocessing)
    gone(at, "network")
    choose(at, "layer", "module3_pool")
    output = traced_picture("tiny_vgg", "trained", square)["module3_pool"].output
    np.testing.assert_allclose(sent(at, "layer_view")["maps"], output.ravel(), rtol=1e-4, atol=1e-5)


def test_a_broken_photo_is_named_and_the_others_stand():
    good = {"cup.jpg": photo("coffee"), "bloom.jpg": photo("flower")}
    (cup, cup_data), (bloom, bloom_data) = good.items()
    at = upload(opened(network="tiny_vgg"), (cup, cup_data), ("note.jpg", b"%PDF-1.4 not a photo"), (bloom, bloom_data))
    assert len(at.error) == 1
    assert words.plain("note.jpg") in at.error[0].value
    assert "This is a PDF; save the page as PNG or JPEG." in at.error[0].value
    shown = table(at, "photo")
    best = [first_answer("tiny_vgg", images.decode(data)) for data in good.values()]
    assert list(shown["photo"]) == [cup, bloom]
    assert list(shown["answer"]) == [one.label for one in best]
    assert list(shown["probability"]) == pytest.approx([one.probability for one in best], abs=1e-6)
    assert list(shown["how sure"]) == [answers.certainty(one.probability) for one in best]
    assert sent(at, "answer")["heading"] == heading("tiny_vgg", bloom_data)  # the last one is in hand
    press(at, "close-problems")
    assert not at.error


def test_only_broken_photos_leave_the_picture_in_hand():
    at = opened(picture="coffee")
    before = scene(at)
    upload(at, ("a.jpg", b""), ("b.png", b"hello"))
    assert at.error[0].value.count("**") == 4
    press(at, "close-problems")
    assert scene(at) == before


def test_the_same_photo_twice_is_one():
    data = photo("coffee")
    at = upload(opened(), ("cup.jpg", data), ("other.jpg", photo("flower")), ("again.jpg", data))
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == ["cup.jpg", "other.jpg"]
    assert "cup.jpg" in sent(at, "answer")["alt"]
    upload(at, ("cup.jpg", data))
    assert len(at.session_state["photos"]) == 2


def test_another_photo_of_the_same_name_gets_its_own_answer():
    first, second = photo("coffee"), photo("flower")
    at = upload(opened(), ("photo.jpg", first))
    told = [sent(at, "answer")["heading"]]
    for data in (second, first):
        told.append(sent(upload(at, ("photo.jpg", data)), "answer")["heading"])
    assert told == [heading(LARGE, data) for data in (first, second, first)]
    assert told[0] != told[1]


def test_there_is_room_for_so_many_and_a_sentence_for_the_next():
    plain = [Image.new("RGB", (40, 30), (at * 10, 90, 200)) for at in range(photos.MOST + 1)]
    at = upload(opened(network="lenet"), *((f"{i}.png", save(one, "PNG")) for i, one in enumerate(plain)))
    assert len(at.session_state["photos"]) == photos.MOST
    assert f"There is room for {photos.MOST} photos" in at.error[0].value
    assert at.error[0].value.startswith(f"**{words.plain(f'{photos.MOST}.png')}**")
    assert len(table(at, "photo")) == photos.MOST


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>.png", "![x](http://evil.example/x.png).jpg", "**a** :red[b] `c` $d$ ~e~.jpg"]
)
def test_a_name_is_only_a_name(name):
    at = upload(opened(network="lenet"), (name, b"broken"), (name, photo("coffee")))
    assert words.plain(name) in at.error[0].value
    assert name not in at.error[0].value  # nothing in it is left for Markdown to act on
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == [name]
    take_away(at)
    assert at.info[0].value == f"**{words.plain(name)}** is removed."


def take_away(at: AppTest) -> AppTest:
    """A click on the cross of the last thumbnail."""
    return happens(at, "filmstrip", "drop", id=at.session_state["photos"][-1].id)


def test_what_comes_of_ones_own_photo_is_kept_in_the_session_only(monkeypatch):
    used = []

    def cache_resource(scope="everybody", **_):
        return lambda function: lambda *key: used.append(scope)

    monkeypatch.setattr(cached.st, "cache_resource", cache_resource)
    look = cached.per_visitor(everybody=1, own=1)(lambda photo, digest: None)
    for own in (True, False):
        look(photos.make("photo-1", "cup.jpg", READ("coffee"), "digest", own))
    assert used == ["session", "everybody"]


def test_a_removed_photo_comes_back():
    at = upload(opened(network="tiny_vgg"), ("cup.jpg", photo("coffee")), ("bloom.jpg", photo("flower")))
    before = scene(at)
    take_away(at)
    assert [one["title"] for one in sent(at, "filmstrip")["items"] if one["own"]] == ["cup.jpg"]
    assert sent(at, "answer")["alt"].startswith("cup.jpg")
    press(at, "undo")
    assert scene(at) == before
    assert not at.info
    take_away(at)
    press(at, "close-removed")
    assert not at.info
    assert len(at.session_state["photos"]) == 1


def test_a_photo_from_the_camera_is_in_hand():
    at, data = opened(), photo("astronaut")
    choose(at, "use-camera-0", True)
    whole(at.camera_input[0].set_value(("camera.jpg", data, "image/jpeg")).run())
    assert sent(at, "answer")["heading"] == heading(LARGE, data)


def test_a_built_in_picture_takes_over_from_ones_own():
    at = upload(opened(), ("cup.jpg", photo("coffee")))
    choose(at, "picture", "flower")
    assert samples.SAMPLES["flower"].title in sent(at, "answer")["alt"]


@pytest.mark.parametrize(("gone", "next_in_hand"), [(0, "photo-2"), (1, "photo-3"), (2, "photo-2")])
def test_removing_leaves_the_neighbour_in_hand_and_undo_restores_the_row(monkeypatch, gone, next_in_hand):
    row = [photos.make(f"photo-{n}", f"{n}", READ("cat"), f"{n}", own=True) for n in (1, 2, 3)]
    state = {"photos": row, "photo": row[gone].id}
    monkeypatch.setattr(photos.st, "session_state", state)
    removed = photos.remove(row[gone].id)
    assert (state["photo"], len(state["photos"])) == (next_in_hand, 2)
    photos.put_back(removed)
    assert state == {"photos": row, "photo": row[gone].id}
    assert photos.remove("photo-9") is None


@pytest.mark.parametrize(("name", "written"), [("=1+1.jpg", "'=1+1.jpg"), ("@a.png", "'@a.png"), ("a.jpg", "a.jpg")])
def test_no_file_name_becomes_a_formula(name, written):
    assert words.no_formula(name) == written
