// Paper for a digit, drawn with finger, mouse or keys. A component that has it keeps el.paper, el.clear, style, strokes,
// stroke, nib, point() and send() in its state, and `side` if its paper is not of the usual size; strokes are lists of
// places, as shares of the paper's side.
const PAPER = 208;
const BEHIND = 800; // milliseconds after a stroke in which the server may still tell of the drawing before it

function paintPaper(state) {
  const { el, style, side = PAPER } = state, pen = sized(el.paper, side, side);
  [pen.strokeStyle, pen.fillStyle, pen.lineWidth, pen.lineCap, pen.lineJoin] = [style.color, style.color, 0.072 * side, "round", "round"];
  for (const stroke of [...state.strokes, state.stroke || []]) {
    pen.beginPath();
    stroke.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x * side, y * side));
    if (stroke.length === 1) pen.lineTo(stroke[0][0] * side + 0.1, stroke[0][1] * side);
    pen.stroke();
  }
  if (!state.strokes.length && !state.stroke?.length) (pen.textAlign = "center"), (pen.font = `13px ${style.fontFamily}`), pen.fillText("Draw a digit here", side / 2, side / 2);
  if (state.nib) outline(pen, state.nib[0] * side - 5, state.nib[1] * side - 5, 10, 10, !state.stroke);
  el.paper.setAttribute("aria-label", "Paper for a digit. Draw with finger or mouse; or arrow keys move the pen, the space bar puts it down and lifts it.");
}

function listenPaper(state) {
  const { paper } = state.el, share = (event) => pointer(paper, event).map((at) => Math.round(Math.min(Math.max(at / (state.side ?? PAPER), 0), 1) * 1000) / 1000);
  paper.onpointerdown = (event) => {
    paper.setPointerCapture(event.pointerId);
    [state.stroke, state.nib] = [[share(event)], null];
    state.point();
  };
  paper.onpointermove = (event) => state.stroke && !state.nib && (state.stroke.push(share(event)), state.point());
  paper.onpointerup = paper.onpointercancel = () => !state.nib && lift(state);
  paper.onkeydown = (event) => {
    const by = ARROWS[event.key];
    if (!by && event.key !== " ") return;
    event.preventDefault();
    state.nib ||= [0.5, 0.5];
    if (event.key === " ") return state.stroke ? lift(state) : ((state.stroke = [[...state.nib]]), state.point());
    state.nib = [state.nib[0] + by[1] / 24, state.nib[1] + by[0] / 24].map((at) => Math.min(Math.max(at, 0), 1));
    state.stroke?.push([...state.nib]);
    state.point();
  };
  state.el.clear.onclick = () => {
    [state.strokes, state.stroke, state.lifted] = [[], null, performance.now()];
    state.point();
    state.send("draw", { strokes: [] });
  };
}

function lift(state) {
  if (!state.stroke) return;
  state.strokes = [...state.strokes, state.stroke].slice(-30);
  [state.stroke, state.lifted] = [null, performance.now()];
  state.point();
  state.send("draw", { strokes: state.strokes });
}

// The drawing as the server has it, once the visitor rests: before, what it tells may be older than what they see.
function takeStrokes(state, strokes) {
  clearTimeout(state.taking);
  const wait = state.stroke ? BEHIND : (state.lifted ?? -BEHIND) + BEHIND - performance.now();
  if (wait <= 0) return void (state.strokes = strokes);
  state.taking = setTimeout(() => (takeStrokes(state, strokes), state.point()), wait);
}
