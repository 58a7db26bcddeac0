// Paper for a digit, and how the networks see what is drawn: moved and scaled as MNIST has it.
function setupPad(root) {
  const el = {
    paper: make("canvas", { className: "paper", tabIndex: 0, role: "application" }), clear: make("button", { textContent: "Clear" }),
    seen: make("canvas", { className: "seen", role: "img" }), told: make("p", { textContent: "The networks see:" }),
  };
  el.pair = make("div", { className: "pair" }, el.told, el.seen, el.clear);
  root.append(make("div", { className: "torch" }, make("div", { className: "pad" }, el.paper, el.pair)));
  const state = { el, strokes: [] };
  state.point = everyFrame(() => drawPad(state));
  listenPaper(state);
  return state;
}

function drawPad(state) {
  const { el, sent } = state, has = sent.seen.length > 0;
  state.style = getComputedStyle(el.paper);
  paintPaper(state);
  [el.told.hidden, el.seen.hidden, el.clear.hidden] = [!has, !has, !state.strokes.length];
  if (!has) return;
  const pen = sized(el.seen, 84, 84);
  pen.drawImage(paint(sent.seen, 0, 28, 28, { scale: "grey", low: 0, high: 255 }), 0, 0, 84, 84);
  el.seen.setAttribute("aria-label", "Your drawing, 28 × 28 pixels");
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupPad), sent = unpack(data);
  if (!state.stroke && sent.ink !== state.ink) [state.strokes, state.ink] = [sent.strokes, sent.ink];
  [state.sent, state.send] = [sent, setTriggerValue];
  drawPad(state);
  state.el.paper.dataset.shows = sent.ink;
}
