// The whole network: a column (on a phone: a band) a layer, every map a picture, and lines to what feeds the one pointed at.
const LABEL = 34; // room above a column for its name, in CSS pixels
const BARS = 168; // width of the class bars

function setupMap(root) {
  const el = {
    stage: make("div", { className: "stage" }),
    base: make("canvas"),
    over: make("canvas", { className: "over", tabIndex: 0 }),
    status: make("div", { className: "status" }),
    legend: make("span", { className: "legend" }),
    open: make("button", { textContent: "Open", disabled: true }),
    save: make("button", { textContent: "Save picture", title: "Download this drawing as PNG" }),
    said: make("div", { className: "said" }),
  };
  el.said.setAttribute("aria-live", "polite");
  el.over.setAttribute("role", "application");
  el.stage.append(el.base, el.over);
  root.append(make("div", { className: "torch" }, el.stage, make("div", { className: "row foot" }, el.status, el.legend, el.open, el.save), el.said));
  const state = { el, at: null, say: announcer(el.said) };
  state.point = everyFrame(() => drawPointed(state));
  el.over.onpointermove = (event) => lookAt(state, hit(state, pointer(el.over, event)));
  el.over.onclick = (event) => {
    const found = hit(state, pointer(el.over, event));
    const again = found && state.tapped && same(found, state.tapped);
    state.tapped = found;
    lookAt(state, found);
    if (found && (event.pointerType !== "touch" || again)) open(state);
  };
  el.over.onkeydown = (event) => walk(state, event);
  el.open.onclick = () => open(state);
  el.save.onclick = () => savePicture(el.base, "network");
  new ResizeObserver(() => state.width !== root.querySelector(".torch").clientWidth && state.net && redraw(state)).observe(root.querySelector(".torch"));
  return state;
}

const same = (a, b) => a && b && a.column === b.column && a.map === b.map;
const isVector = (column) => column.columns === 1 && column.rows > 1;

// ---- layout: where every map goes -------------------------------------------------------------

function layOut(net, width) {
  return width < 760 ? layOutBands(net, width) : layOutColumns(net, width);
}

function layOutColumns(net, width) {
  const height = 430;
  for (let size = 1; ; size *= 0.94) {
    const blocks = net.columns.map((column) => blockOf(column, height - LABEL, size));
    const used = blocks.reduce((sum, block) => sum + block.slot, 0) + BARS;
    const gap = Math.min((width - used) / net.columns.length, 64);
    if (gap < 8 && size > 0.45) continue;
    return placeColumns(net, blocks, Math.max(gap, 8), height);
  }
}

// How the maps of one column are stacked: as few stacks as let each map be large enough to see.
function blockOf(column, height, size) {
  const label = 6 + 6.2 * column.title.length; // room for the name
  if (isVector(column)) return { cell: [10, Math.min(height, Math.max(column.rows, 60))], stacks: 1, width: 10, count: 1, slot: label };
  const count = column.chosen.length, wish = Math.min(Math.max(column.columns * 2, count > 16 ? 14 : 30), 46) * size;
  let stacks = 1;
  while (stacks < count && height / Math.ceil(count / stacks) - 2 < wish * 0.9) stacks++;
  const cell = Math.floor(Math.min(wish, height / Math.ceil(count / stacks) - 2));
  const width = stacks * (cell + 2) - 2;
  return { cell: [cell, cell], stacks, width, count, slot: Math.max(width, label) };
}

function placeColumns(net, blocks, gap, height) {
  let left = 0;
  const columns = blocks.map((block) => {
    const [w, h] = block.cell, rows = Math.ceil(block.count / block.stacks), x = left + (block.slot - block.width) / 2;
    const cells = Array.from({ length: block.count }, (_, i) => [x + Math.floor(i / rows) * (w + 2), LABEL + (i % rows) * (h + 2), w, h]);
    const placed = { cells, label: [left + block.slot / 2, LABEL - 6], left, right: left + block.slot };
    left += block.slot + gap;
    return placed;
  });
  const step = Math.min((height - LABEL) / net.classes.length, 44);
  const bars = net.classes.map((_, i) => [left, LABEL + i * step, BARS - 8, 30]);
  return { columns, bars, width: left + BARS, height, upright: true };
}

function layOutBands(net, width) {
  let y = 0;
  const columns = net.columns.map((column) => {
    const vector = isVector(column), size = vector ? 0 : Math.min(Math.max(column.columns * 1.6, 16), 40);
    const [w, h] = vector ? [Math.min(column.rows * 8, width), 12] : [size, size];
    const across = Math.max(1, Math.floor((width + 2) / (w + 2))), count = vector ? 1 : column.chosen.length;
    const top = y + 22;
    const cells = Array.from({ length: count }, (_, i) => [(i % across) * (w + 2), top + Math.floor(i / across) * (h + 2), w, h]);
    y = top + Math.ceil(count / across) * (h + 2) + 12;
    return { cells, label: [0, top - 6] };
  });
  const bars = net.classes.map((_, i) => [0, y + 24 + i * 34, width, 30]);
  return { columns, bars, width, height: y + 24 + net.classes.length * 34, upright: false };
}

// ---- drawing ----------------------------------------------------------------------------------

function valuesOf(column, map) {
  const count = column.rows * column.columns, low = column.ranges[2 * map], step = (column.ranges[2 * map + 1] - low) / 255;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = low + column.maps[map * count + i] * step;
  return values;
}

function redraw(state) {
  const { el, net } = state;
  state.width = el.stage.clientWidth;
  const place = (state.place = layOut(net, state.width));
  const pen = sized(el.base, place.width, place.height);
  sized(el.over, place.width, place.height);
  el.stage.style.height = `${place.height}px`;
  const style = getComputedStyle(el.stage);
  state.ink = style.color;
  [pen.fillStyle, pen.font] = [style.color, `12px ${style.fontFamily}`];
  net.columns.forEach((column, i) => drawColumn(pen, net, column, place.columns[i], place));
  if (place.upright) drawGroups(pen, net, place);
  drawBarsOf(pen, state);
  drawPointed(state);
}

function drawColumn(pen, net, column, { cells, label }, place) {
  const vector = isVector(column);
  cells.forEach(([x, y, w, h], map) => {
    const turned = vector && !place.upright;
    const [rows, columns] = turned ? [1, column.rows] : [column.rows, column.columns];
    pen.drawImage(paint(valuesOf(column, map), 0, columns, rows, rangeOf(net.range, column, map, net.whole)), x, y, w, h);
  });
  [pen.textAlign, pen.globalAlpha] = [place.upright ? "center" : "left", 1];
  pen.fillText(place.upright ? column.title : [nameOf(column), sizeText(column)].join(" · "), ...label);
}

// Neighbours of one group get one name and a line that spans them.
function drawGroups(pen, net, { columns }) {
  for (let from = 0, to; from < columns.length; from = to) {
    const { group } = net.columns[from];
    for (to = from + 1; to < columns.length && net.columns[to].group === group; to++);
    if (!group) continue;
    const [left, right] = [columns[from].left, columns[to - 1].right];
    pen.textAlign = "center";
    const last = to === columns.length, middle = (left + right) / 2; // nothing follows the last one: it has room
    pen.fillText(shortened(pen, group, Math.max(right - left, last ? 80 : 40)), middle, 11);
    pen.globalAlpha = 0.4;
    pen.fillRect(left, 15, right - left, 1);
    pen.globalAlpha = 1;
  }
}

const nameOf = (column) => [column.group, column.title].filter(Boolean).join(" ");
const sizeText = (column) => (isVector(column) ? `${column.rows} numbers` : `${column.total} ${column.total === 1 ? "map" : "maps"} of ${column.side} × ${column.side}`);

function drawBarsOf(pen, { net, place, el }) {
  const accent = getComputedStyle(el.stage).getPropertyValue("--st-primary-color");
  pen.textAlign = "left";
  net.classes.forEach(({ label, probability }, i) => {
    const [x, y, w] = place.bars[i];
    const share = percent(probability), room = w - pen.measureText(share).width - 8;
    pen.fillText(shortened(pen, label, room), x, y + 12);
    pen.fillText(share, x + w - pen.measureText(share).width, y + 12);
    pen.globalAlpha = 0.18;
    pen.fillRect(x, y + 17, w, 7);
    pen.globalAlpha = 1;
    pen.save();
    pen.fillStyle = accent;
    pen.fillRect(x, y + 17, Math.max(w * probability, 1), 7);
    pen.restore();
  });
}

function shortened(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  while (text.length > 1 && pen.measureText(`${text}…`).width > room) text = text.slice(0, -1);
  return `${text}…`;
}

// ---- pointing ---------------------------------------------------------------------------------

function hit({ place, net }, [x, y]) {
  for (let column = 0; column < place.columns.length; column++)
    for (let map = 0; map < place.columns[column].cells.length; map++) {
      const [left, top, w, h] = place.columns[column].cells[map];
      if (x >= left - 1 && y >= top - 1 && x < left + w + 1 && y < top + h + 1) return { column, map };
    }
  return null;
}

function lookAt(state, found) {
  if (!found || same(found, state.at)) return;
  state.at = found;
  state.point();
  state.say(describe(state));
}

// The maps that feed the one pointed at: [column, map, strength 0 to 1].
function feeders(net, { column, map }) {
  const target = net.columns[column];
  return target.sources.flatMap((from, which) => {
    const source = net.columns[from], count = source.chosen.length;
    if (target.wiring === "same") {
      const at = source.chosen.indexOf(target.chosen[map]);
      return at < 0 ? [] : [[from, at, 1]];
    }
    const known = which === 0 && target.strengths;
    return Array.from({ length: count }, (_, i) => [from, i, known ? target.strengths[map * count + i] / 255 : 0.6]);
  });
}

function drawPointed(state) {
  const { el, net, place } = state;
  const pen = el.over.getContext("2d");
  pen.clearRect(0, 0, place.width, place.height);
  if (!state.at || !net.columns[state.at.column]?.chosen.length) return tell(state);
  const [x, y, w, h] = place.columns[state.at.column].cells[state.at.map];
  const accent = getComputedStyle(el.stage).getPropertyValue("--st-primary-color");
  for (const [column, map, strength] of feeders(net, state.at)) {
    const [fx, fy, fw, fh] = place.columns[column].cells[map];
    [pen.strokeStyle, pen.globalAlpha, pen.lineWidth] = [accent, 0.15 + 0.85 * strength, 0.75 + 1.5 * strength];
    pen.beginPath();
    if (place.upright) curve(pen, fx + fw, fy + fh / 2, x, y + h / 2, true);
    else curve(pen, fx + fw / 2, fy + fh, x + w / 2, y, false);
    pen.stroke();
    pen.strokeRect(fx - 0.5, fy - 0.5, fw + 1, fh + 1);
  }
  pen.globalAlpha = 1;
  outline(pen, x - 1, y - 1, w + 2, h + 2);
  tell(state);
}

function curve(pen, x1, y1, x2, y2, sideways) {
  const middle = sideways ? (x1 + x2) / 2 : (y1 + y2) / 2;
  pen.moveTo(x1, y1);
  if (sideways) pen.bezierCurveTo(middle, y1, middle, y2, x2, y2);
  else pen.bezierCurveTo(x1, middle, x2, middle, x2, y2);
}

function describe({ net, at }) {
  if (!at) return net.hint;
  const column = net.columns[at.column], name = nameOf(column);
  const [low, high] = [column.ranges[2 * at.map], column.ranges[2 * at.map + 1]];
  const which = isVector(column) ? `${column.rows} numbers` : `map ${column.chosen[at.map]} of ${column.total}, ${column.side} × ${column.side}`;
  const fed = column.sources.map((from) => heard(column, net.columns[from], at.map)).join(" and ");
  return `${name} · ${which} · ${number(low)} … ${number(high)}${fed && ` · hears ${fed}`}`;
}

function heard(column, source, map) {
  const name = nameOf(source);
  if (column.wiring === "same") return `map ${column.chosen[map]} of ${name}`;
  return isVector(source) ? `all ${source.rows} numbers of ${name}` : `all ${source.total} maps of ${name}`;
}

function tell(state) {
  const { el, net, at } = state, column = at && net.columns[at.column];
  el.status.textContent = describe(state);
  el.open.disabled = !column;
  el.open.textContent = column ? `Open ${nameOf(column)}` : "Open";
  const shown = column || net.columns.find((one) => one.kind !== "Input");
  const scale = rangeOf(net.range, shown, column ? at.map : 0, net.whole);
  const words = { unit: column ? "this map alone" : "each map its own", layer: "this layer", network: "the whole network" }[net.range];
  legend(el.legend, scale, column?.kind === "Input" ? "the input, in grey" : words);
}

function open(state) {
  if (!state.at) return;
  const column = state.net.columns[state.at.column];
  state.send("open", { name: column.name, map: column.chosen[state.at.map] });
}

// Arrow keys: up and down within a column, left and right to its neighbour; Enter opens.
function walk(state, event) {
  const { net, place } = state;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    window.torchlightKeys = true; // the layer that opens takes the focus
    return open(state);
  }
  let move = ARROWS[event.key];
  if (!move) return;
  event.preventDefault();
  if (!place.upright) move = [move[1], move[0]];
  const at = state.at ?? { column: 0, map: -1 };
  const column = Math.min(Math.max(at.column + (state.at ? move[1] : 0), 0), net.columns.length - 1);
  const count = place.columns[column].cells.length;
  const map = move[1] && state.at ? Math.round((at.map * count) / place.columns[at.column].cells.length) : at.map + (state.at ? move[0] : 1);
  lookAt(state, { column, map: Math.min(Math.max(map, 0), count - 1) });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupMap), net = (state.net = unpack(data));
  net.columns.forEach((column, i) => Object.assign(column, { maps: net[`maps${i}`], ranges: net[`ranges${i}`], strengths: net[`strengths${i}`] }));
  state.send = setTriggerValue;
  if (state.key !== net.key) [state.at, state.tapped, state.key] = [null, null, net.key]; // another network: other columns
  state.el.over.setAttribute("aria-label", net.alt);
  redraw(state);
  state.el.stage.dataset.shows = net.shows;
}
