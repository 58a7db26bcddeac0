// A run of an autoencoder: curves on the left; on the right pictures as they enter, their codes and what is rebuilt,
// or a whole photo under a curtain, or the gradients layer by layer.

const LABELS = 58, CURTAIN = 0.5; // pixels for the names of rows; where the curtain hangs at first
const HEAD = 18, LEAST = 30, APART = 4; // pixels: for the names of pictures; of a picture; of a cell that has room for a gap
const TALLEST = 290, NARROW = 420, SMALL = 150; // pixels: of the rows beside the paper; a panel with room for small paper only

function setupSqueeze(root) {
  const canvas = (name, role) => make("canvas", { className: name, tabIndex: role === "img" ? -1 : 0, role }), text = (name) => make("p", { className: name });
  const el = {
    ...makeCharts(), grid: canvas("grid", "application"), gridTold: text("caption"), legends: make("div", { className: "legends" }),
    wipe: canvas("wipe", "slider"), wipeTold: text("caption"), gradients: canvas("gradients", "img"), gradientsTold: text("caption"),
    paper: canvas("paper", "application"), clear: make("button", { textContent: "Clear" }), said: make("div", { className: "said" }),
  };
  el.said.setAttribute("aria-live", "polite");
  el.draw = make("div", {}, el.paper, el.clear);
  el.panels = {
    photo: make("div", {}, el.wipeTold, el.wipe),
    grid: make("div", { className: "side" }, el.draw, make("div", { className: "grid-side" }, el.gridTold, el.grid, el.legends)),
    gradients: make("div", {}, el.gradientsTold, el.gradients),
  };
  el.panel = make("section", {}, ...Object.values(el.panels));
  root.append(make("div", { className: "torch" }, make("div", { className: "lab" }, el.charts, el.panel), el.said));
  const state = { el, say: announcer(el.said), pointed: null, pinned: false, cell: null, curtain: CURTAIN, strokes: [] };
  state.point = everyFrame(() => draw(state));
  listen(state, root.querySelector(".torch"));
  return state;
}

function listen(state, torch) {
  const { grid, wipe } = state.el;
  listenCharts(state), listenPaper(state);
  grid.onpointermove = grid.onclick = (event) => aim(state, state.cellAt?.(pointer(grid, event)));
  grid.onkeydown = (event) => keyed(event, (by) => aim(state, (state.cell || [0, 0]).map((at, i) => within(at + by[i], [state.lab.grid.rows.length, state.lab.grid.captions.length][i]))));
  const hang = (event) => ((state.curtain = Math.min(Math.max(pointer(wipe, event)[0] / wipe.clientWidth, 0), 1)), state.point());
  wipe.onpointerdown = (event) => (wipe.setPointerCapture(event.pointerId), hang(event));
  wipe.onpointermove = (event) => (event.pointerType === "mouse" || event.buttons) && hang(event);
  wipe.onkeydown = (event) => keyed(event, ([up, right]) => ((state.curtain = Math.min(Math.max(state.curtain + (right - up) / 20, 0), 1)), state.point()));
  new ResizeObserver(() => state.lab && state.width !== torch.clientWidth && ((state.width = torch.clientWidth), draw(state))).observe(torch);
}

function aim(state, cell) {
  if (!cell || String(cell) === String(state.cell)) return;
  state.cell = cell;
  state.point();
}

// ---- pictures, codes, and what is rebuilt ------------------------------------------------------

const shadesOf = ({ scale, low, high }) => domain(scale, low, high);

// One column a picture; one row for what enters, the code, what comes out, the error. What has no room beside the others
// goes below them, in another band of such rows.
function paintGrid(state) {
  const { el, lab, style } = state, { rows, captions } = lab.grid, room = state.room - LABELS + 4;
  const bands = Math.ceil(captions.length / Math.max(1, Math.floor(room / (LEAST + 4)))), count = Math.ceil(captions.length / bands);
  const size = Math.max(LEAST, lab.drawing ? Math.min(72, TALLEST / rows.length - 4) : Math.min(62, room / count - 4)), pitch = size + 4, width = lab.drawing ? LABELS + pitch : state.room;
  const tall = HEAD + rows.length * pitch, pen = sized(el.grid, width, bands * (tall + 8) - 8);
  const place = (row, i) => [LABELS + (i % count) * pitch, Math.floor(i / count) * (tall + 8) + HEAD + row * pitch];
  [pen.font, pen.fillStyle] = [`12px ${style.fontFamily}`, style.color];
  captions.forEach((words, i) => ((pen.textAlign = "center"), pen.fillText(words, place(0, i)[0] + size / 2, place(0, i)[1] - 6, size + 3)));
  rows.forEach((row, at) => {
    pen.textAlign = "right";
    for (let band = 0; band < bands; band++) pen.fillText(row.name, LABELS - 7, place(at, band * count)[1] + size / 2 + 4, LABELS - 8);
    captions.forEach((_, i) => {
      paintCells(pen, lab, row, i, size, ...place(at, i));
      if (state.cell?.[0] === at && state.cell[1] === i) outline(pen, ...place(at, i), size, size);
    });
  });
  state.cellAt = ([x, y]) => {
    const band = Math.floor(y / (tall + 8)), row = Math.floor((y - band * (tall + 8) - HEAD) / pitch), column = Math.floor((x - LABELS) / pitch), i = band * count + column;
    return row >= 0 && row < rows.length && column >= 0 && column < count && i < captions.length ? [row, i] : null;
  };
  tellGrid(state);
}

// One picture in its square; the units of a code stand apart, since they are no neighbours.
function paintCells(pen, lab, row, i, size, left, top) {
  const { down, across, units } = row, cell = size / Math.max(down, across), [wide, high] = [across * cell, down * cell], [x, y] = [left + (size - wide) / 2, top + (size - high) / 2];
  pen.drawImage(paint(lab[row.array], i * down * across, across, down, shadesOf(row)), x, y, wide, high);
  if (!units) return;
  for (let at = units; at < down * across; at++) pen.clearRect(x + (at % across) * cell, y + Math.floor(at / across) * cell, cell, cell);
  if (cell < APART) return;
  for (let at = 1; at < across; at++) pen.clearRect(x + at * cell - 0.5, y, 1, high);
  for (let at = 1; at < down; at++) pen.clearRect(x, y + at * cell - 0.5, wide, 1);
}

// What a picture of the grid is, in words; its numbers stand in the table of this run.
function tellGrid(state) {
  const { el, lab } = state, { rows, captions, errors } = lab.grid, [row, column] = state.cell && state.cell[0] < rows.length && state.cell[1] < captions.length ? state.cell : [0, -1];
  const told = column < 0 ? lab.grid.told : `${captions[column]}, ${rows[row].name}: ${rows[row].words}${errors[column] === null ? "" : `. Mean squared error of this picture ${number(errors[column])}.`}`;
  el.gridTold.textContent = told;
  el.grid.setAttribute("aria-label", `${told} Arrow keys go from picture to picture.`);
  el.legends.replaceChildren(
    ...rows.filter((one) => one.legend).map((one) => {
      const element = make("span", { className: "legend" });
      legend(element, shadesOf(one), one.legend);
      return element;
    }),
  );
}

// ---- a photo under a curtain -------------------------------------------------------------------

function paintPhoto(state) {
  const { el, lab, photos } = state;
  if (!photos) return;
  const width = Math.min(state.room, 620), height = (width * lab.photo.height) / lab.photo.width, pen = sized(el.wipe, width, height), at = state.curtain * width;
  pen.imageSmoothingEnabled = true;
  pen.drawImage(photos[0], 0, 0, width, height);
  pen.save(), pen.beginPath(), pen.rect(at, 0, width - at, height), pen.clip();
  pen.drawImage(photos[1], 0, 0, width, height);
  pen.restore();
  outline(pen, at - 0.5, -4, 1, height + 8);
  pen.font = `600 12px ${state.style.fontFamily}`;
  const tag = (words, x, align) => {
    const long = pen.measureText(words).width + 10, left = align === "left" ? x : x - long;
    (pen.fillStyle = "rgba(0, 0, 0, 0.65)"), pen.fillRect(left, 6, long, 19);
    (pen.fillStyle = "#fff"), (pen.textAlign = "left"), pen.fillText(words, left + 5, 20);
  };
  if (at > 90) tag(lab.photo.before, 6, "left");
  if (width - at > 90) tag("rebuilt", width - 6, "right");
  el.wipeTold.textContent = lab.photo.told;
  el.wipe.setAttribute("aria-label", `${lab.photo.told} A curtain between the photo on the left and what is rebuilt on the right.`);
  for (const [name, value] of [["valuemin", 0], ["valuemax", 100], ["valuenow", Math.round(100 * state.curtain)]]) el.wipe.setAttribute(`aria-${name}`, value);
}

// The pictures are decoded in the background; until then the ones before them stay.
function takePhotos(state, lab) {
  if (!lab.photo) return (state.photos = null);
  const turn = (state.turn = (state.turn || 0) + 1);
  Promise.all([pictureOf(lab.photoGiven), pictureOf(lab.photoRebuilt)]).then((photos) => {
    if (turn !== state.turn) return;
    state.photos = photos;
    draw(state);
  });
}

// ---- all of it ---------------------------------------------------------------------------------

const PAINTERS = { grid: [paintGrid], photo: [paintPhoto], gradients: [paintGradients] };

function draw(state) {
  const { el, lab } = state;
  state.style = getComputedStyle(el.charts);
  state.room = el.panel.clientWidth;
  for (const [name, panel] of Object.entries(el.panels)) panel.hidden = !lab.views.includes(name);
  el.draw.hidden = !lab.drawing;
  state.side = state.room < NARROW ? SMALL : PAPER;
  paintCharts(state);
  if (lab.drawing) paintPaper(state);
  for (const name of lab.views) for (const painter of PAINTERS[name]) painter(state);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupSqueeze), lab = unpack(data);
  takeRuns(state, lab);
  takeStrokes(state, lab.strokes);
  [state.lab, state.send] = [lab, setTriggerValue];
  state.say(lab.say);
  takePhotos(state, lab);
  draw(state);
}
