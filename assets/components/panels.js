// Grids of numbers side by side: pointing marks the same place in all of them and tells every value; a click chooses it.
function setupPanels(root) {
  const el = { groups: make("div", { className: "groups" }), said: make("div", { className: "said" }), where: make("p", { className: "where" }) };
  el.said.setAttribute("aria-live", "polite");
  root.append(make("div", { className: "torch" }, el.where, el.groups, el.said));
  const state = { el, say: announcer(el.said) }, torch = root.querySelector(".torch");
  state.point = everyFrame(() => drawPanels(state));
  new ResizeObserver(() => state.shown && state.width !== torch.clientWidth && ((state.width = torch.clientWidth), state.point())).observe(torch);
  return state;
}

// Built once for each set of panels, so that pointing only paints.
function build(state) {
  const { el, shown } = state;
  state.panels = shown.groups.flatMap(({ panels }) => panels);
  let count = 0;
  el.groups.replaceChildren(
    ...shown.groups.map(({ title, note, panels }) => {
      const figures = panels.map((panel) => {
        panel.canvas = make("canvas", { className: "panel" });
        panel.legend = make("span", { className: "legend" });
        panel.here = make("span", { className: "here" });
        panel.values = panel.picture ? null : shown[`panel${count++}`];
        panel.canvas.setAttribute("role", "img");
        panel.canvas.setAttribute("aria-label", panel.alt);
        listenTo(state, panel);
        return make("figure", {}, make("figcaption", { textContent: panel.name }), panel.canvas, panel.legend, panel.here, make("p", { className: "note", textContent: panel.note }));
      });
      return make("section", {}, make("h2", { textContent: title }), make("p", { className: "meaning", textContent: note }), ...figures);
    }),
  );
  const [first] = state.panels;
  Object.assign(first.canvas, { tabIndex: 0, onkeydown: (event) => keyed(state, event) });
  first.canvas.setAttribute("role", "application");
  first.canvas.setAttribute("aria-label", `${first.alt} Arrow keys go from cell to cell, Enter chooses one.`);
}

function listenTo(state, panel) {
  const cell = (event) => {
    const [x, y] = pointer(panel.canvas, event), { rows, columns } = state.shown.grid, side = panel.canvas.clientWidth, high = panel.canvas.clientHeight;
    return [within(Math.floor((y / high) * rows), rows), within(Math.floor((x / side) * columns), columns)];
  };
  panel.canvas.onpointermove = (event) => lookAt(state, cell(event));
  panel.canvas.onpointerleave = () => lookAt(state, state.shown.at);
  panel.canvas.onclick = (event) => choose(state, cell(event));
}

// ---- drawing ----------------------------------------------------------------------------------

function drawPanels(state) {
  const { shown, at, picture } = state;
  for (const panel of state.panels) {
    const width = Math.min(panel.canvas.parentElement.clientWidth, shown.widest), height = (width * panel.rows) / panel.columns;
    const pen = sized(panel.canvas, width, height);
    if (panel.picture) picture && pen.drawImage(picture, 0, 0, width, height);
    else pen.drawImage((panel.painted ??= paint(panel.values, 0, panel.columns, panel.rows, panel.domain)), 0, 0, width, height);
    for (const [cell, dashed] of [[shown.at, false], [at, true]]) {
      if (!cell || (dashed && String(cell) === String(shown.at))) continue;
      const [row, column] = inPanel(state, panel, cell), [w, h] = [width / panel.columns, height / panel.rows];
      const more = Math.max(0, (5 - w) / 2); // a single pixel of a large picture would not be seen
      outline(pen, column * w - more, row * h - more, w + 2 * more, h + 2 * more, dashed);
    }
    if (panel.domain) legend(panel.legend, panel.domain, panel.unit);
  }
  tellPanels(state);
}

// A cell of the grid in a panel that may have fewer.
const inPanel = ({ shown }, { rows, columns }, [row, column]) => [Math.floor(((row + 0.5) / shown.grid.rows) * rows), Math.floor(((column + 0.5) / shown.grid.columns) * columns)];

// In a mosaic of kernels a cell is a channel, and a row and a column in its kernel; null between two of them.
function nameOf({ shown }, [row, column]) {
  const { tile } = shown;
  if (!tile) return `row ${row}, column ${column}`;
  const [down, across] = [Math.floor(row / tile.pitch), Math.floor(column / tile.pitch)], channel = down * tile.across + across;
  const [r, c] = [row - down * tile.pitch, column - across * tile.pitch];
  if (channel >= tile.count || r >= tile.size || c >= tile.size) return null;
  return `${tile.source} ${tile.first + channel}${tile.size > 1 ? `, row ${r}, column ${c}` : ""}`;
}

function valueIn(state, panel) {
  const [row, column] = inPanel(state, panel, state.at);
  return panel.values[row * panel.columns + column];
}

function tellPanels(state) {
  const { el, at } = state, name = at && nameOf(state, at);
  el.where.textContent = name ? `At ${name}:` : state.shown.hint;
  const told = [];
  for (const panel of state.panels) {
    const value = name && panel.values ? valueIn(state, panel) : null;
    panel.here.textContent = value === null ? "" : number(value);
    panel.here.dataset.value = value ?? "";
    if (value !== null) told.push(`${panel.name} ${number(value)}`);
  }
  if (at !== state.shown.at) state.say(`${el.where.textContent} ${told.join(", ")}`);
}

// ---- what a visitor does ----------------------------------------------------------------------

function lookAt(state, at) {
  state.at = at;
  state.point();
}

function choose(state, at) {
  if (!nameOf(state, at)) return;
  state.told = String(at);
  state.send("choose", { row: at[0], column: at[1] });
}

function keyed(state, event) {
  const move = ARROWS[event.key], { rows, columns } = state.shown.grid, at = state.at ?? [Math.floor(rows / 2), Math.floor(columns / 2)];
  if (event.key === "Enter" || event.key === " ") return event.preventDefault(), choose(state, at);
  if (!move) return;
  event.preventDefault();
  const by = state.shown.stride;
  lookAt(state, [within(at[0] + by * move[0], rows), within(at[1] + by * move[1], columns)]);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupPanels), before = state.shown, shown = (state.shown = unpack(data));
  state.send = setTriggerValue;
  if (before?.key !== shown.key || String(shown.at) !== state.told) state.at = shown.at; // they may have moved on since
  const done = () => {
    drawPanels(state);
    state.el.groups.dataset.panels = shown.shows;
  };
  if (before?.key === shown.key) return done(); // only the chosen cell is another one: the keyboard stays where it is
  build(state);
  if (!shown.picture) return done();
  pictureOf(shown.picture).then((picture) => {
    state.picture = picture;
    done();
  });
}
