"""The visitor's own photos: in memory, in their session, gone when it ends."""
import io
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from core import images
from pages.shared import gate

MOST = 24  # photos in hand; each takes up to 3 MB of the server's memory
THUMBNAIL = 96  # side, in pixels
SENT = 720  # longest side of the photo that the browser gets, in pixels


@dataclass(frozen=True)
class Photo:
    """A picture to look at, built-in or the visitor's own."""

    id: str  # "cat", "photo-3"; says nothing about the file
    title: str
    picture: Image.Image  # RGB
    digest: str  # of the file's bytes: the key of every cache
    jpeg: bytes  # what the browser shows
    thumbnail: Image.Image  # THUMBNAIL pixels a side
    own: bool


def make(id: str, title: str, picture: Image.Image, digest: str, own: bool) -> Photo:
    """A photo with the small JPEG that browsers get."""
    small = picture.copy()
    small.thumbnail((SENT, SENT))
    return Photo(id, title, picture, digest, images.to_jpeg(small), images.thumbnail(small, THUMBNAIL), own)


def sprite(shown: list[Photo]) -> bytes:
    """Their thumbnails side by side in one JPEG."""
    row = Image.new("RGB", (THUMBNAIL * len(shown), THUMBNAIL))
    for at, photo in enumerate(shown):
        row.paste(photo.thumbnail, (at * THUMBNAIL, 0))
    return images.to_jpeg(row, 60)


def lossless(picture: Image.Image) -> bytes:
    """The picture, pixel by pixel, as WebP: that takes 2 ms; a PNG takes 15 and is larger."""
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=True, method=0)
    return file.getvalue()


def _read(id: str, name: str, data: bytes, digest: str) -> Photo:
    return make(id, name, images.decode(data), digest, own=True)


def mine() -> list[Photo]:
    """The visitor's photos, in the order they came."""
    return st.session_state.setdefault("photos", [])


def add(name: str, data: bytes) -> Photo:
    """Take in one file and put it in hand; ImageError (a sentence for the visitor) if it can't be."""
    photos, digest = mine(), images.digest(data)
    found = next((photo for photo in photos if photo.digest == digest), None)
    if found is None:
        if len(photos) >= MOST:
            raise images.ImageError(f"There is room for {MOST} photos; remove one with its × first.")
        count = st.session_state["photos_seen"] = st.session_state.get("photos_seen", 0) + 1
        found = gate.through(_read, f"photo-{count}", name, data, digest)
        st.session_state["photos"] = [*photos, found]
    st.session_state["photo"] = found.id
    return found


@dataclass(frozen=True)
class Removed:
    """A photo that was taken out, and how things were before."""

    photo: Photo
    place: int  # in the row of photos
    in_hand: str | None  # the photo that was in hand


def remove(id: str) -> Removed | None:
    """Forget one photo; if it was in hand, its neighbour is next. None if there is no such photo."""
    row, state = mine(), st.session_state
    place = next((at for at, photo in enumerate(row) if photo.id == id), None)
    if place is None:
        return None
    removed = Removed(row[place], place, state.get("photo"))
    state["photos"] = rest = [*row[:place], *row[place + 1 :]]
    if removed.in_hand == id:
        state["photo"] = rest[min(place, len(rest) - 1)].id if rest else None
    return removed


def put_back(removed: Removed) -> None:
    """Undo a removal: the row and the hand are as they were."""
    row = mine()
    st.session_state["photos"] = [*row[: removed.place], removed.photo, *row[removed.place :]]
    st.session_state["photo"] = removed.in_hand
