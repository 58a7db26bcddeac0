"""A simulated class: students who upload a photo and switch things, speaking Streamlit's websocket protocol.

    simulate("http://127.0.0.1:8501", 30, [Choose("Network", "LeNet"), Go("network")], think=2, photo=jpeg)

No browser is started: thirty students fit on the computer that serves them.
"""
import asyncio
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

PATIENCE = 60.0  # seconds for one answer
KINDS = ("load", "upload", "action", "renewal")  # of waiting
FIELDS = {"slider": "double_array_value", "button_group": "string_array_value", "number_input": "double_value"}
FIELDS |= {"checkbox": "bool_value", "button": "trigger_value"}  # all others: string_value
PART = (
    b"--cut\r\n"
    b'Content-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
    b"Content-Type: image/jpeg\r\n\r\n"
)


@dataclass(frozen=True)
class Choose:
    """Set the widget with this label; an option by the text it shows, a button with True."""

    label: str
    value: str | float | bool


@dataclass(frozen=True)
class Go:
    """Follow a link in the app to a page (None: stay) with a query string."""

    page: str | None = None
    query: str = ""


@dataclass(frozen=True)
class Watch:
    """Look for this many seconds at what the page renews by itself."""

    seconds: float


@dataclass(frozen=True)
class Plan:
    """What each student does."""

    url: str
    actions: Sequence[Choose | Go | Watch]
    think: float  # mean seconds between two actions
    page: str
    photo: bytes | None  # a JPEG


class AppError(RuntimeError):
    """The app answered, but not with what it should."""


TROUBLE = (AppError, OSError, TimeoutError, WebSocketException)  # what is counted; all else is a bug in here


class Student:
    """One browser tab: its socket, the widgets it shows and what has been set in them."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan, self.number, self.dice = plan, number, random.Random(number)
        self.page, self.page_hash, self.query, self.session, self.token = plan.page, "", "", "", ""
        self.socket: ClientConnection | None = None
        self.widgets: dict[str, tuple] = {}  # label -> (kind, element, fragment)
        self.values: dict[str, WidgetState] = {}
        self.seen: dict[str, ForwardMsg] = {}  # hash -> message, as the browser keeps them
        self.times: dict[str, list[float]] = defaultdict(list)  # what -> seconds
        self.timers: dict[str, float] = {}  # fragment -> seconds until it is drawn again

    async def work(self) -> None:
        """Come in within one think time, upload, do all actions, and stay."""
        await asyncio.sleep(self.dice.uniform(0, self.plan.think))
        answer = await self._http("GET", "/_stcore/health")
        self.token = answer.split("_streamlit_xsrf=")[1].split(";")[0]
        address = f"ws{self.plan.url.removeprefix('http')}/_stcore/stream"
        self.socket = await connect(address, subprotocols=["streamlit", self.token], max_size=None, proxy=None)
        await self._timed("load", self._run())
        if self.plan.photo:
            await self._pause()
            await self._timed("upload", self._upload(self.plan.photo))
        for action in self.plan.actions:
            await self._pause()
            if isinstance(action, Watch):
                await self._watch(action.seconds)
            else:
                await self._timed("action", self._act(action))

    async def leave(self) -> None:
        """Close the tab."""
        if self.socket:
            await self.socket.close()

    async def _pause(self) -> None:
        await asyncio.sleep(self.plan.think * self.dice.uniform(0.5, 1.5))

    async def _timed(self, what: str, doing) -> None:
        began = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            await doing
        self.times[what].append(time.perf_counter() - began)

    async def _act(self, action: Choose | Go) -> None:
        if isinstance(action, Go):
            self.query = action.query
            if action.page is not None:
                self.page, self.page_hash = action.page, ""
            await self._run()
        else:
            await self._run(self._set(action))

    async def _watch(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        while self.timers and time.perf_counter() < until:
            await asyncio.sleep(min(self.timers.values()))
            for fragment in list(self.timers):
                await self._timed("renewal", self._run(fragment))

    def _set(self, choice: Choose) -> str:
        """Put the value where the next message takes it from; the fragment the widget belongs to."""
        if choice.label not in self.widgets:
            raise AppError(f"no widget {choice.label!r}; there are {', '.join(self.widgets)}")
        kind, element, fragment = self.widgets[choice.label]
        state, field = WidgetState(id=element.id), FIELDS.get(kind, "string_value")
        if field.endswith("array_value"):
            getattr(state, field).data.append(choice.value)
        else:
            setattr(state, field, choice.value)
        self.values[element.id] = state
        return fragment

    async def _run(self, fragment: str = "") -> None:
        """Let the script run and take in what it draws, to its end."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self.query, self.page_hash, fragment
        run.page_name = "" if self.page_hash else self.page
        run.widget_states.widgets.extend(self.values.values())
        run.cached_message_hashes.extend(self.seen)
        run.context_info.url, run.context_info.locale = f"{self.plan.url}/{self.page}", "en-US"
        run.context_info.timezone = "UTC"
        await self.socket.send(message.SerializeToString())
        if not fragment:
            self.widgets, self.timers = {}, {}
        while not self._take(await self._receive()):
            pass
        shown = {element.id for _, element, _ in self.widgets.values()}
        for id, state in list(self.values.items()):  # what has gone has no value, and a button is pressed once
            if id not in shown or state.WhichOneof("value") == "trigger_value":
                del self.values[id]

    async def _receive(self) -> ForwardMsg:
        message = ForwardMsg.FromString(await self.socket.recv())
        if message.WhichOneof("type") == "ref_hash":
            return self.seen[message.ref_hash]
        if message.metadata.cacheable and message.hash:
            self.seen[message.hash] = message
        return message

    def _take(self, message: ForwardMsg) -> bool:
        """Whether that was the end of the run; AppError if the app has failed."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
        elif kind == "auto_rerun":
            self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":  # the app has changed the link
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._see(message.delta)
        elif kind == "page_not_found":
            raise AppError(f"page {self.page!r} not found")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise AppError("the script can't be compiled")
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _see(self, delta) -> None:
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind == "exception":
            raise AppError(f"{element.type}: {element.message}")
        if getattr(element, "id", "") and getattr(element, "label", ""):
            self.widgets[element.label] = kind, element, delta.fragment_id

    async def _upload(self, photo: bytes) -> None:
        """Put a photo that no one else has into the first uploader, as a browser does, and run."""
        own = photo[:2] + b"\xff\xfe\x00\x0a%08d" % self.number + photo[2:]  # a JPEG comment: other bytes, same picture
        kinds = {kind: (element, fragment) for kind, element, fragment in reversed(self.widgets.values())}
        if "file_uploader" not in kinds:
            raise AppError("no file uploader on this page")
        element, fragment = kinds["file_uploader"]
        ask = BackMsg()
        ask.file_urls_request.request_id, ask.file_urls_request.session_id = "photo", self.session
        ask.file_urls_request.file_names.append("photo.jpg")
        await self.socket.send(ask.SerializeToString())
        while (answer := await self._receive()).WhichOneof("type") != "file_urls_response":
            pass
        urls = answer.file_urls_response.file_urls[0]
        await self._http("PUT", urls.upload_url, PART + own + b"\r\n--cut--\r\n")
        state = WidgetState(id=element.id)
        state.file_uploader_state_value.uploaded_file_info.add(
            name="photo.jpg", size=len(own), file_id=urls.file_id, file_urls=urls
        )
        self.values[element.id] = state
        await self._run(fragment)

    async def _http(self, method: str, path: str, body: bytes = b"") -> str:
        """One request on a connection of its own; the answer with its headers, AppError unless it is a success."""
        place = urlsplit(self.plan.url)
        head = f"{method} {path} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n"
        head += f"Content-Length: {len(body)}\r\nContent-Type: multipart/form-data; boundary=cut\r\n"
        if self.token:
            head += f"Cookie: _streamlit_xsrf={self.token}\r\nX-Xsrftoken: {self.token}\r\n"
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(f"{head}\r\n".encode() + body)
        answer = (await reader.read()).decode(errors="replace")
        writer.close()
        await writer.wait_closed()
        status = answer.split(" ", 2)[1]
        if not status.startswith("2"):
            raise AppError(f"{method} {path}: HTTP {status}")
        return answer


def memory(pid: int) -> int:
    """Resident memory of a process in bytes; Linux."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share (0 to 1) of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _figures(seconds: list[float]) -> dict:
    """Of some waiting times: how many, and milliseconds."""
    if not seconds:
        return {"count": 0}
    ms = {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95), "max": percentile(seconds, 1.0)}
    return {"count": len(seconds)} | {name: round(value * 1000, 1) for name, value in ms.items()}


async def _play(plan: Plan, students: int, pid: int | None) -> dict:
    everyone = [Student(plan, number) for number in range(students)]
    before = memory(pid) if pid else 0
    outcomes = await asyncio.gather(*(student.work() for student in everyone), return_exceptions=True)
    grown = memory(pid) - before if pid else 0
    await asyncio.gather(*(student.leave() for student in everyone))
    for outcome in outcomes:
        if outcome is not None and not isinstance(outcome, TROUBLE):
            raise outcome
    waited = {what: [t for student in everyone for t in student.times[what]] for what in KINDS}
    report = {what: _figures(seconds) for what, seconds in waited.items()}
    errors = Counter(f"{type(outcome).__name__}: {outcome}" for outcome in outcomes if outcome is not None)
    report |= {"students": students, "errors": errors.total(), "error_messages": dict(errors)}
    return report | ({"mb_per_student": round(grown / students / 1e6, 2)} if pid else {})


def simulate(
    url: str,
    students: int,
    actions: Sequence[Choose | Go | Watch],
    think: float = 2.0,
    page: str = "",
    photo: bytes | None = None,
    pid: int | None = None,
) -> dict:
    """Let a class of students use the app at `url`, all at once; each opens `page` and does all `actions` in order.

    Returns for load, upload, action and renewal the count and p50, p95 and max in ms (from the click to the end of the
    script); the number of students whose visit ended in an error, with the messages; with the server's `pid` the
    megabytes by which its resident memory has grown per student while all are still there (of a server that has had
    visitors before: it takes its own share with the first).
    """
    plan = Plan(url.rstrip("/"), actions, think, page, photo)
    with ThreadPoolExecutor(1) as aside:  # Playwright may have an event loop running in this thread
        return aside.submit(lambda: asyncio.run(_play(plan, students, pid))).result()
