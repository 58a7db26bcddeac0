// What a visitor types into the kernel, and the ways back: each visit of a cell, and the preset.

function listenToTyping(state) {
  const { el } = state, cellOf = (box) => [...el.grid.children].indexOf(box);
  el.grid.oninput = (event) => type(state, event.target, cellOf(event.target));
  el.bias.oninput = () => type(state, el.bias, -1);
  el.grid.onkeydown = (event) => walkGrid(state, event);
  el.grid.onpointerover = (event) => pointAtWeight(state, cellOf(event.target));
  el.grid.onpointerleave = () => markTerm(state, -1);
  el.grid.addEventListener("focusin", (event) => (event.target.select(), pointAtWeight(state, cellOf(event.target))));
  el.grid.addEventListener("focusout", () => markTerm(state, -1));
  for (const boxes of [el.grid, el.bias]) {
    boxes.addEventListener("focusout", () => leave(state));
    boxes.addEventListener("keydown", (event) => event.key === "Enter" && (leave(state), event.target.select()));
  }
  el.undo.onclick = () => undo(state);
  el.reset.onclick = () => reset(state);
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
  if (state.visit?.box !== box) state.visit = { box };
  box.setAttribute("aria-invalid", value === null);
  el.problem.textContent = value === null ? "Write a number up to 1,000,000, such as −1, 0.5 or 1/9." : "";
  if (value === null) return;
  state.visit.noted ||= state.past.push(kernelOf(scene)); // one entry, however many keys
  if (at < 0) scene.bias = value;
  else scene.weights[state.channel * high * wide + at] = value;
  scene.own = true;
  edited(state);
}

const kernelOf = ({ weights, bias, own }) => ({ weights: weights.slice(), bias, own });

// A visit ends; what was no number makes way for the number that counts, and that is said.
function leave(state) {
  if (!state.visit) return;
  const { box } = state.visit, left = box.value.trim().slice(0, 20);
  state.el.problem.textContent = written(left) === null && left ? `“${left}” is no number up to 1,000,000, so the one before is back.` : "";
  state.visit = null;
  paintKernel(state);
  flush(state);
}

function undo(state) {
  const last = state.past.pop();
  if (!last) return;
  state.visit = null;
  Object.assign(state.scene, last);
  state.el.problem.textContent = "";
  edited(state);
}

// The preset is known to the page alone; what was typed can still be brought back.
function reset(state) {
  clearTimeout(state.typing);
  [state.typing, state.visit] = [0, null];
  state.past.push(kernelOf(state.scene));
  sendKernel(state, { own: false });
}

// The browser shows the result at once; the server hears of it when the typing pauses.
function edited(state) {
  state.typed = state.el.manual.hidden = true;
  showWaysBack(state);
  clearTimeout(state.typing);
  state.typing = setTimeout(() => flush(state), 500);
  state.retype();
}

function showWaysBack({ el, past, scene }) {
  el.undo.disabled = !past.length;
  el.reset.disabled = !scene.own;
}

// What was typed goes to the server now: the pause is over, or the visitor does something else.
function flush(state) {
  if (!state.typing) return;
  clearTimeout(state.typing);
  state.typing = 0;
  sendKernel(state, state.scene);
}

// Answers come in turn, and a busy server takes its time: until the last one is there, what was typed stands.
function sendKernel(state, kernel) {
  state.awaited = kernelText(kernel);
  state.send("kernel", kernel.own ? { weights: Array.from(kernel.weights), bias: kernel.bias } : { reset: true });
}

const kernelText = ({ own, weights, bias }) => (own ? [bias, ...weights].join() : "preset");

// Is this what was sent last?
const answers = ({ awaited }, scene) => Boolean(awaited && scene.weights && kernelText(scene) === awaited);

function redrawTyped(state) {
  const { scene } = state;
  state.results = recompute(scene);
  paintKernel(state);
  paintOutput(state);
  if (scene.filters) state.filterMaps[scene.channel] = state.results, paintFilters(state);
  drawPointed(state);
}
