// Cards side by side, one a network: what went in and came out, the code, and the kind's own number as bars.
const ROW = 32, CODE_CELL = 12; // cells of a code in a row; pixels of a cell, at most
const SMALL = 146; // pixels of the paper: the cards stand beside it

function setupSix(root) {
  const el = { grid: make("div", { className: "six" }), said: make("div", { className: "said" }), paper: make("canvas", { className: "paper", tabIndex: 0 }), clear: make("button", { textContent: "Clear" }) };
  el.said.setAttribute("aria-live", "polite");
  el.paper.setAttribute("role", "application");
  el.pad = make("div", { className: "pad", hidden: true }, el.paper, el.clear);
  el.board = make("div", {}, el.pad, el.grid);
  root.append(make("div", { className: "torch" }, el.board, el.said));
  const state = { el, root, say: announcer(el.said), strokes: [], cards: [], side: SMALL };
  state.point = everyFrame(() => drawSix(state));
  listenPaper(state);
  new ResizeObserver(() => state.shown && state.wide !== el.grid.clientWidth && ((state.wide = el.grid.clientWidth), state.point())).observe(el.grid);
  return state;
}

// Built again only where other cards come, so that the keyboard stays where it is.
function buildSix(state) {
  state.cards = state.shown.cards.map((card, at) => {
    const part = { about: make("p", { className: "about" }), lines: make("p", { className: "lines" }), formula: make("p", { className: "formula" }), told: make("p", { className: "told" }) };
    part.pictures = card.pictures.map(() => ({ canvas: image(), name: make("figcaption") }));
    part.codes = card.codes.map(() => ({ canvas: image(), name: make("p", { className: "label" }), legend: make("span", { className: "legend" }) }));
    part.ownTitle = make("p", { className: "label" });
    part.bars = make("canvas", { className: "bars", tabIndex: 0 });
    part.bars.setAttribute("role", "application");
    listenBars(state, part, at);
    part.codes.forEach((code, which) => listenCode(state, part, code, at, which));
    const row = make("div", { className: "pictures" }, ...part.pictures.map(({ canvas, name }) => make("figure", {}, canvas, name)));
    const codes = part.codes.flatMap(({ canvas, name, legend: ends }) => [name, canvas, ends]);
    part.box = make("section", {}, make("h2", { textContent: card.title }), part.about, row, part.lines, ...codes, part.ownTitle, part.bars, part.told, part.formula);
    return part;
  });
  state.el.grid.replaceChildren(...state.cards.map((part) => part.box));
}

function image() {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  return canvas;
}

// ---- what a visitor does ----------------------------------------------------------------------

function listenBars(state, part, at) {
  const own = () => state.shown.cards[at].own, count = () => own().names.length;
  const under = (event) => within(Math.floor((pointer(part.bars, event)[0] - part.left) / part.step), count());
  part.bars.onpointermove = (event) => tellBar(state, at, under(event));
  part.bars.onpointerleave = () => tellBar(state, at, null);
  part.bars.onclick = (event) => chooseBar(state, at, under(event));
  part.bars.onkeydown = (event) => {
    const by = ARROWS[event.key], now = part.bar ?? own().chosen ?? 0;
    if (event.key === "Enter" || event.key === " ") return event.preventDefault(), chooseBar(state, at, now);
    if (!by) return;
    event.preventDefault();
    tellBar(state, at, within(now + by[1] - by[0], count()));
  };
}

function listenCode(state, part, code, at, which) {
  code.canvas.onpointermove = code.canvas.onclick = (event) => {
    const { rows, columns, count } = layoutOf(state, at, which), [x, y] = pointer(code.canvas, event);
    const unit = within(Math.floor((y / code.canvas.clientHeight) * rows), rows) * columns + within(Math.floor((x / code.canvas.clientWidth) * columns), columns);
    if (unit < count) part.told.textContent = `unit ${unit}: ${number(state.shown[`code${at}_${which}`][unit])}`;
  };
  code.canvas.onpointerleave = () => tellBar(state, at, null);
}

function tellBar(state, at, bar) {
  const part = state.cards[at];
  if (part.bar === bar && bar !== null) return;
  part.bar = bar;
  state.point();
  if (bar !== null) state.say(barWords(state, at, bar));
}

function chooseBar(state, at, bar) {
  const { own, id } = state.shown.cards[at];
  tellBar(state, at, bar);
  if (own.opens) state.send("unit", { card: id, unit: bar });
}

// ---- drawing ----------------------------------------------------------------------------------

function drawSix(state) {
  const { shown, el } = state;
  state.style = getComputedStyle(el.grid);
  el.pad.hidden = !shown.pad;
  el.board.classList.toggle("drawing", shown.pad);
  if (shown.pad) paintPaper(state);
  state.cards.forEach((part, at) => drawCard(state, part, at));
}

function drawCard(state, part, at) {
  const { shown } = state, card = shown.cards[at], wide = part.box.clientWidth - 2; // the border
  part.about.textContent = card.about;
  part.lines.replaceChildren(...card.lines.map((line) => make("span", { textContent: line })));
  part.pictures.forEach(({ canvas, name }, which) => {
    const { label, scale, high } = card.pictures[which], size = canvas.parentElement.clientWidth, pen = sized(canvas, size, size);
    pen.drawImage(paint(shown[`picture${at}_${which}`], 0, 28, 28, { scale, low: 0, high }), 0, 0, size, size);
    name.textContent = label;
    canvas.setAttribute("aria-label", `${card.title}: ${label}`);
  });
  part.codes.forEach((code, which) => drawCode(state, card, code, at, which));
  drawBars(state, part, at);
  part.ownTitle.textContent = card.own.title;
  part.formula.replaceChildren(...card.own.lines.map((line) => make("span", { textContent: line })));
  part.wide = wide;
}

function layoutOf(state, at, which) {
  const count = state.shown[`code${at}_${which}`].length, columns = count > 400 ? 56 : Math.min(ROW, count);
  return { count, columns, rows: Math.ceil(count / columns) };
}

function drawCode(state, card, code, at, which) {
  const values = state.shown[`code${at}_${which}`], { rows, columns, count } = layoutOf(state, at, which), { label, low, high } = card.codes[which];
  const width = state.cards[at].bars.parentElement.clientWidth - padding(state), cell = Math.min(CODE_CELL, width / columns), shades = domain(low < 0 ? "signed" : "magnitude", low, high);
  const cells = new Float32Array(rows * columns);
  cells.set(values);
  const pen = sized(code.canvas, cell * columns, Math.max(cell * rows, 4));
  pen.drawImage(paint(cells, 0, columns, rows, shades), 0, 0, cell * columns, cell * rows);
  if (count < rows * columns) pen.clearRect((count % columns) * cell, (rows - 1) * cell, cell * columns, cell);
  legend(code.legend, shades, "code");
  code.name.textContent = label;
  code.canvas.setAttribute("aria-label", `${card.title}: ${label}, ${count} numbers from ${number(Math.min(...values))} to ${number(Math.max(...values))}`);
}

const padding = (state) => (state.inset ??= 2 * parseFloat(getComputedStyle(state.cards[0].box).paddingLeft));

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupSix), shown = unpack(data), kinds = shown.cards.map((card) => card.id).join();
  [state.shown, state.send] = [shown, setTriggerValue];
  takeStrokes(state, shown.strokes);
  if (state.kinds !== kinds) (state.kinds = kinds), buildSix(state);
  for (const part of state.cards) part.bar = null;
  drawSix(state);
  state.el.grid.dataset.shows = shown.shows;
}
