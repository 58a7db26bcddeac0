// A damaged picture to wipe at with a brush, beside what a network and filters make of it. Tapping looks closer, in all.
const BRUSHES = { small: 0.06, medium: 0.12, large: 0.24 }, CLOSER = 4, PAUSE = 300, PATIENCE = 2500, GREY = "rgb(128, 128, 128)";
const WHOLE = { x: 0, y: 0, size: 1 }; // the part that is seen, as shares of the picture

function setupRepair(root) {
  const el = { sizes: make("span", { className: "row" }), undo: make("button", { textContent: "Undo", title: "Take the last stroke of the brush back (Ctrl+Z)" }) };
  Object.assign(el, { whole: make("button", { textContent: "Whole picture", hidden: true }), grid: make("div", { className: "repairs" }), told: make("p", { className: "status" }), said: make("div", { className: "said" }) });
  el.said.setAttribute("aria-live", "polite");
  el.sizes.setAttribute("role", "group");
  el.sizes.setAttribute("aria-label", "Size of the brush");
  const state = { el, root, say: announcer(el.said), brush: "medium", view: WHOLE, panels: [], nib: null, stroke: null };
  for (const name of Object.keys(BRUSHES)) el.sizes.append(make("button", { textContent: name, title: `A ${name} brush`, onclick: () => ((state.brush = name), pressed(state)) }));
  root.append(make("div", { className: "torch" }, make("div", { className: "row" }, make("span", { textContent: "Brush" }), el.sizes, el.undo, el.whole), el.grid, el.told, el.said));
  el.undo.onclick = () => state.send("undo", { count: state.shown.strokes });
  el.whole.onclick = () => look(state, WHOLE);
  state.point = everyFrame(() => drawRepair(state));
  new ResizeObserver(() => state.shown && state.wide !== el.grid.clientWidth && ((state.wide = el.grid.clientWidth), state.point())).observe(el.grid);
  return pressed(state), state;
}

function pressed(state) {
  for (const button of state.el.sizes.children) button.setAttribute("aria-pressed", button.textContent === state.brush);
  return state;
}

// One figure a picture; built again only where other pictures come.
function buildRepair(state) {
  state.panels = state.shown.panels.map((panel, at) => {
    const figure = { canvas: make("canvas", { tabIndex: 0 }), name: make("figcaption"), note: make("p", { className: "note" }), here: make("p", { className: "here" }) };
    figure.canvas.setAttribute("role", "application");
    figure.box = make("figure", {}, figure.name, figure.canvas, figure.note, figure.here);
    listenTo(state, figure.canvas, panel.brush);
    if (panel.brush) state.board = figure.canvas;
    return figure;
  });
  state.el.grid.replaceChildren(...state.panels.map((figure) => figure.box));
}

// ---- what a visitor does ----------------------------------------------------------------------

// A place of the picture under the pointer, as shares of its width and height.
function placeOf({ view }, canvas, event) {
  const [x, y] = pointer(canvas, event), share = (at, length) => Math.min(Math.max(at / length, 0), 1) * view.size;
  return [view.x + share(x, canvas.clientWidth), view.y + share(y, canvas.clientHeight)];
}

function listenTo(state, canvas, brush) {
  canvas.onpointerleave = () => ((state.at = null), state.point());
  canvas.onpointermove = (event) => {
    state.at = placeOf(state, canvas, event);
    if (brush && state.stroke && !state.nib) extend(state, state.at);
    state.point();
  };
  canvas.onkeydown = (event) => (brush ? brushKeys : lookKeys)(state, event);
  if (!brush) return void (canvas.onclick = (event) => look(state, state.view.size < 1 ? WHOLE : around(placeOf(state, canvas, event))));
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    [state.stroke, state.nib] = [[placeOf(state, canvas, event)], null];
    state.point();
  };
  canvas.onpointerup = () => !state.nib && wipe(state);
  canvas.onpointercancel = () => ((state.stroke = null), state.point());
}

// A point that is hardly further than the last one adds nothing.
function extend(state, [x, y]) {
  const [a, b] = state.stroke[state.stroke.length - 1];
  if (Math.hypot(x - a, y - b) > BRUSHES[state.brush] / 5) state.stroke.push([x, y]);
}

function wipe(state) {
  if (!state.stroke) return;
  state.wiped = [...(state.wiped || []), { width: BRUSHES[state.brush], points: state.stroke }]; // seen until the server's picture comes
  state.send("wipe", { width: BRUSHES[state.brush], points: state.stroke });
  state.stroke = null;
  state.point();
}

function brushKeys(state, event) {
  const by = ARROWS[event.key], back = event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey));
  if (!by && !back && event.key !== " ") return;
  event.preventDefault();
  if (back) return state.shown.strokes && state.el.undo.click();
  state.nib ||= [state.view.x + state.view.size / 2, state.view.y + state.view.size / 2];
  if (event.key === " ") return state.stroke ? wipe(state) : ((state.stroke = [[...state.nib]]), state.point());
  const step = state.view.size / 20;
  state.nib = [state.nib[0] + by[1] * step, state.nib[1] + by[0] * step].map((at) => Math.min(Math.max(at, 0), 1));
  if (state.stroke) extend(state, state.nib);
  state.at = state.nib;
  state.point();
}

const kept = (at) => Math.min(Math.max(at, 0), 1 - 1 / CLOSER);
const around = ([x, y]) => ({ x: kept(x - 0.5 / CLOSER), y: kept(y - 0.5 / CLOSER), size: 1 / CLOSER });

function look(state, view) {
  state.view = view;
  state.el.whole.hidden = view.size === 1;
  state.point();
}

function lookKeys(state, event) {
  const by = ARROWS[event.key], { view } = state;
  if (event.key === "Enter" || event.key === " ") return event.preventDefault(), look(state, view.size < 1 ? WHOLE : around([0.5, 0.5]));
  if (event.key === "Escape") return look(state, WHOLE);
  if (!by) return;
  event.preventDefault();
  if (view.size < 1) look(state, { ...view, x: kept(view.x + by[1] / 16), y: kept(view.y + by[0] / 16) });
}

// ---- drawing ----------------------------------------------------------------------------------

function drawRepair(state) {
  const { shown, view, at } = state;
  state.panels.forEach((figure, i) => {
    const width = figure.box.clientWidth, height = Math.round((width * shown.height) / shown.width), pen = sized(figure.canvas, width, height);
    const seen = state.pictures[i];
    pen.imageSmoothingEnabled = shown.kind === "photo" && view.size === 1;
    if (seen) pen.drawImage(seen, view.x * seen.width, view.y * seen.height, view.size * seen.width, view.size * seen.height, 0, 0, width, height);
    else waiting(pen, width, height, state);
    const place = ([x, y]) => [((x - view.x) / view.size) * width, ((y - view.y) / view.size) * height];
    if (shown.panels[i].brush) drawBrush(state, pen, place, Math.min(width, height) / view.size);
    if (at && !state.stroke) mark(pen, place(at), shown, view, width, height);
    figure.here.hidden = shown.kind === "photo";
    figure.here.textContent = at && shown.kind === "digit" && seen ? `here ${number(valueAt(state, i))}` : "";
  });
  state.el.told.textContent = at && shown.kind === "digit" ? `Row ${cellAt(state)[0]}, column ${cellAt(state)[1]}` : shown.hint;
}

const cellAt = ({ at, shown }) => [within(Math.floor(at[1] * shown.height), shown.height), within(Math.floor(at[0] * shown.width), shown.width)];
const valueAt = (state, i) => state.shown[`picture${i}`][cellAt(state)[0] * state.shown.width + cellAt(state)[1]];

function waiting(pen, width, height, { el }) {
  const style = getComputedStyle(el.grid);
  [pen.fillStyle, pen.textAlign, pen.font] = [style.color, "center", `13px ${style.fontFamily}`];
  pen.globalAlpha = 0.7;
  pen.fillText("follows in a moment", width / 2, height / 2);
  pen.globalAlpha = 1;
}

function drawBrush(state, pen, place, side) {
  [pen.strokeStyle, pen.lineCap, pen.lineJoin] = [GREY, "round", "round"];
  const now = state.stroke ? [{ width: BRUSHES[state.brush], points: state.stroke }] : [];
  for (const { width, points } of [...(state.wiped || []), ...now]) {
    pen.lineWidth = Math.max(width * side, 1);
    pen.beginPath();
    points.forEach((point, i) => pen[i ? "lineTo" : "moveTo"](...place(point)));
    if (points.length === 1) pen.lineTo(place(points[0])[0] + 0.1, place(points[0])[1]);
    pen.stroke();
  }
  if (!state.nib) return;
  const [x, y] = place(state.nib), half = (BRUSHES[state.brush] * side) / 2;
  outline(pen, x - half, y - half, 2 * half, 2 * half, !state.stroke);
}

function mark(pen, [x, y], shown, view, width, height) {
  const [w, h] = shown.kind === "digit" ? [width / shown.width / view.size, height / shown.height / view.size] : [14, 14];
  const snap = (at, by, start, count) => Math.floor((at + start * count * by) / by) * by - start * count * by;
  if (shown.kind === "digit") outline(pen, snap(x, w, view.x, shown.width), snap(y, h, view.y, shown.height), w, h, true);
  else outline(pen, x - w / 2, y - h / 2, w, h, true);
}

function words(state) {
  const { shown, el } = state;
  state.panels.forEach((figure, i) => {
    const { name, note, best, alt, brush } = shown.panels[i], keys = brush ? "Wipe with finger or mouse; arrow keys move the brush, the space bar puts it down and lifts it, Backspace takes a stroke back." : "Enter looks closer, arrow keys move, Escape shows all.";
    figure.name.replaceChildren(name, ...(best ? [make("strong", { className: "best", textContent: "closest" })] : []));
    figure.note.replaceChildren(...note.map((line) => make("span", { textContent: line })));
    figure.canvas.classList.toggle("board", brush);
    figure.canvas.setAttribute("aria-label", `${alt} ${note.join(", ")}${best ? ", the closest" : ""}. ${keys}`);
  });
  el.undo.disabled = !shown.strokes;
  state.say(shown.said);
}

async function picturesOf(shown) {
  const one = (i) => shown[`picture${i}`];
  if (shown.kind === "digit") return shown.panels.map((_, i) => one(i) && paint(one(i), 0, shown.width, shown.height, { scale: "grey", low: 0, high: 1 }));
  return Promise.all(shown.panels.map((_, i) => one(i) && pictureOf(one(i))));
}

// What is slow is asked for once the visitor pauses; again if a busy page has lost it.
function askFilters(state, key, left = 5) {
  if (state.shown.key !== key || !state.shown.waits || !left) return;
  state.send("rest", { about: key });
  state.rest = setTimeout(() => askFilters(state, key, left - 1), PATIENCE);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupRepair), before = state.shown, shown = unpack(data);
  state.send = setTriggerValue;
  if (shown.shows === before?.shows) return (state.wiped = []), state.point(); // a stroke that was refused goes
  clearTimeout(state.rest);
  state.turn = shown.shows;
  picturesOf(shown).then((pictures) => {
    if (state.turn !== shown.shows) return; // a newer one has come
    if (before?.source !== shown.source) look(Object.assign(state, { pictures: [], nib: null }), WHOLE);
    Object.assign(state, { shown, pictures, wiped: [] });
    if (state.panels.length !== shown.panels.length) buildRepair(state);
    words(state);
    drawRepair(state);
    state.el.grid.dataset.shows = shown.shows;
    if (shown.waits) state.rest = setTimeout(() => askFilters(state, shown.key), PAUSE);
  });
}
