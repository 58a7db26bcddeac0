// What a visitor changes here: the kernel's numbers, and the frame that says which part is taken apart.

// A number as people write it: 0.5, 0,5, −1, 1/9; null if it is none.
function written(text) {
  const parts = text.trim().replace("−", "-").replace(",", ".").split("/").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const value = parts.length === 1 ? parts[0] : parts.length === 2 ? parts[0] / parts[1] : NaN;
  return Number.isFinite(value) && Math.abs(value) <= 1e6 ? value : null;
}

function listenToTyping(state) {
  const { el } = state;
  el.grid.oninput = (event) => type(state, event.target, [...el.grid.children].indexOf(event.target));
  el.grid.onkeydown = (event) => walkGrid(state, event);
  el.grid.addEventListener("focusin", (event) => event.target.select?.());
  for (const boxes of [el.grid, el.bias]) boxes.addEventListener("focusout", () => flush(state));
  el.bias.oninput = () => type(state, el.bias, -1);
  el.undo.onclick = () => undo(state);
}

// Up and down go from row to row; left and right stay with the text.
function walkGrid({ el, scene }, event) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key], boxes = [...el.grid.children];
  if (!by) return;
  event.preventDefault();
  boxes[boxes.indexOf(event.target) + by * scene.window.size[1]]?.focus();
}

function type(state, box, at) {
  const { el, scene } = state, value = written(box.value), [high, wide] = scene.window.size;
  box.setAttribute("aria-invalid", value === null);
  el.problem.textContent = value === null ? "Write a number up to 1,000,000, such as −1, 0.5 or 1/9." : "";
  if (value === null) return;
  state.past.push({ weights: scene.weights.slice(), bias: scene.bias });
  if (at < 0) scene.bias = value;
  else scene.weights[state.channel * high * wide + at] = value;
  edited(state);
}

function undo(state) {
  const last = state.past.pop();
  if (!last) return;
  Object.assign(state.scene, last);
  state.el.bias.value = brief(last.bias);
  state.el.problem.textContent = "";
  edited(state);
  state.typed = true;
}

// The browser shows the result at once; the server hears of it when the typing pauses.
function edited(state) {
  state.typed = true;
  state.el.undo.disabled = !state.past.length;
  clearTimeout(state.typing);
  state.typing = setTimeout(() => flush(state), 500);
  state.retype();
}

// What was typed goes to the server now: the pause is over, or the visitor does something else.
function flush(state) {
  if (!state.typing) return;
  clearTimeout(state.typing);
  state.typing = 0;
  state.send("kernel", { weights: Array.from(state.scene.weights), bias: state.scene.bias });
}

function redrawTyped(state) {
  const { scene } = state;
  state.results = recompute(scene);
  paintKernel(state);
  paintOutput(state);
  if (scene.filters) state.filterMaps[scene.channel] = state.results, paintFilters(state);
  drawPointed(state);
}

// ---- the frame --------------------------------------------------------------------------------

async function overviewPicture({ overview, overviewValues }) {
  if (overview.kind === "photo") return pictureOf(overviewValues);
  return paint(overviewValues, 0, overview.columns, overview.rows, { scale: overview.scale, low: 0, high: 255 });
}

function listenToFrame(state) {
  const canvas = state.el.overviewOver;
  canvas.onpointerdown = (event) => (canvas.setPointerCapture(event.pointerId), dragFrame(state, pointer(canvas, event)));
  canvas.onpointermove = (event) => canvas.hasPointerCapture(event.pointerId) && dragFrame(state, pointer(canvas, event));
  canvas.onpointerup = () => dropFrame(state);
  canvas.onkeydown = (event) => {
    const move = ARROWS[event.key];
    if (!move) return;
    event.preventDefault();
    const [left, top, right, bottom] = state.scene.overview.frame, [width, height] = state.overviewSize;
    dragFrame(state, [((left + right) / 2 + (move[1] * (right - left)) / 4) * width, ((top + bottom) / 2 + (move[0] * (bottom - top)) / 4) * height]);
    clearTimeout(state.dropping);
    state.dropping = setTimeout(() => dropFrame(state), 300);
  };
}

// The frame with its middle at a point, kept inside.
function dragFrame(state, [x, y]) {
  const { overview } = state.scene, [left, top, right, bottom] = overview.frame, [width, height] = state.overviewSize;
  const [w, h] = [right - left, bottom - top];
  const [l, t] = [Math.min(Math.max(x / width - w / 2, 0), 1 - w), Math.min(Math.max(y / height - h / 2, 0), 1 - h)];
  overview.frame = [l, t, l + w, t + h];
  drawFrame(state, overview.frame);
}

function dropFrame(state) {
  const [left, top, right, bottom] = state.scene.overview.frame;
  state.send("frame", { x: (left + right) / 2, y: (top + bottom) / 2 });
}
