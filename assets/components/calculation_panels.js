// The pictures of a calculation: input, window or curve, output, and the small ones to choose from.

// What is painted once for each scene and each chosen channel; pointing only draws frames above it.
function paintScene(state) {
  const { scene, el } = state;
  el.curve.hidden = scene.rule !== "curve";
  el.kernel.hidden = scene.rule === "curve" || (!scene.weights && scene.rule !== "softmax");
  el.siblings.hidden = !scene.siblings;
  el.outputBox.hidden = Boolean(scene.siblings);
  state.single = scene.input.rows * scene.input.columns === 1;
  const rows = scene.rule === "softmax" && scene.input.channels <= 16; // bars beside those of the probabilities
  state.inputPlace = !state.single ? null : rows ? { rows, across: 1, pitch: BAR, height: scene.input.channels * BAR } : tiles(scene.input.channels, el.inputBox.clientWidth, 260, 5, 30);
  paintOutput(state);
  paintChannel(state);
  if (scene.filters) paintFilters(state);
  if (scene.overview) paintOverview(state);
}

// What shows one channel: its map, its mark in the strip, its weights.
function paintChannel(state) {
  const { scene, el, channel, single } = state, { channels } = scene.input, name = channelName(scene, channel);
  el.shown.hidden = channels < 2 || single;
  el.shown.textContent = `${name.startsWith(scene.input.unit) ? "" : `${scene.input.unit}: `}${name}, one of ${channels.toLocaleString("en")}`;
  paintInput(state);
  paintStrip(state);
  if (!el.kernel.hidden) paintKernel(state);
}

// Pixels of a channel called red, green or blue have its colour.
const inputDomain = ({ input, names }, channel) => domain(input.scale === "grey" && names[channel] in SCALES ? names[channel] : input.scale, input.low, input.high);

// The chosen input map with its padding; vectors as a block of small squares.
function paintInput(state) {
  const { scene, el, channel } = state, { input } = scene, shades = inputDomain(scene, channel), room = el.inputBox.clientWidth;
  if (state.single) {
    const place = state.inputPlace, height = place.height, pen = sized(el.input, room, height);
    if (place.rows) drawBars(state, pen, room, scene.values, shades, input);
    else for (let i = 0; i < input.channels; i++) fill(pen, colourOf(shades, scene.values[i]).css, ...corner(place, i), place.size, place.size);
    state.inputSize = [room, height];
  } else {
    const [top, left, rows, columns] = input.view, cell = Math.min(room / columns, 300 / rows);
    state.inputSize = [columns * cell, rows * cell];
    const pen = sized(el.input, ...state.inputSize);
    hatch(pen, ...state.inputSize);
    const picture = paint(scene.values, channel * input.rows * input.columns, input.columns, input.rows, shades);
    pen.drawImage(picture, (input.left - left) * cell, (input.top - top) * cell, input.columns * cell, input.rows * cell);
    if (cell >= 22) numbers(pen, cell, rows, columns, (y, x) => inputAt(scene, channel, y + top, x + left), shades);
    if (scene.rule === "max" && cell >= 5 && !scene.ask) dots(pen, state, cell);
  }
  sized(el.inputOver, ...state.inputSize);
  el.inputBox.style.height = `${state.inputSize[1]}px`;
  legend(el.inputLegend, shades, input.words);
}

const inputAt = ({ input, values }, channel, y, x) => {
  const place = placeIn(input, channel, y, x);
  return place < 0 ? null : values[place];
};

// A small dot on the winner of every window: nothing else gets through.
function dots(pen, { scene }, cell) {
  const { output, input } = scene, [top, left] = input.view;
  for (let row = output.top; row < output.top + output.rows; row++)
    for (let column = output.left; column < output.left + output.columns; column++) {
      const terms = termsOf(scene, [row, column]), x = (terms.x[terms.winner] - left + 0.5) * cell, y = (terms.y[terms.winner] - top + 0.5) * cell;
      pen.beginPath();
      const far = cell >= 22 ? cell * 0.36 : 0; // beside the number
      pen.arc(x + far, y - far, Math.max(cell * 0.12, 1.5), 0, 7);
      [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = ["#ffd400", "#000", 1];
      pen.fill();
      pen.stroke();
    }
}

function fill(pen, colour, ...box) {
  pen.fillStyle = colour;
  pen.fillRect(...box);
}

// Padding: slanted lines, whatever the theme.
function hatch(pen, width, height) {
  fill(pen, "rgba(128, 128, 128, 0.15)", 0, 0, width, height);
  pen.beginPath();
  for (let x = -height; x < width; x += 7) pen.moveTo(x, height), pen.lineTo(x + height, 0);
  [pen.strokeStyle, pen.lineWidth] = ["rgba(128, 128, 128, 0.6)", 1];
  pen.stroke();
}

// Writes the numbers into large cells; null is padding, which counts as 0.
function numbers(pen, cell, rows, columns, valueAt, shades) {
  const shown = [];
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) shown.push(valueAt(y, x));
  const places = decimals(shown.map((value) => value ?? 0), cell >= 34 ? 3 : 2);
  [pen.textAlign, pen.textBaseline] = ["center", "middle"];
  pen.font = `${Math.min(Math.max(cell * 0.33, 9), 15)}px ${getComputedStyle(pen.canvas).fontFamily}`;
  shown.forEach((value, i) => {
    pen.fillStyle = value === null ? "rgb(128, 128, 128)" : colourOf(shades, value).ink;
    pen.fillText(value === null ? "0" : fixed(value, places), ((i % columns) + 0.5) * cell, (Math.floor(i / columns) + 0.5) * cell, cell - 2);
  });
  pen.textBaseline = "alphabetic";
}

function paintOutput(state) {
  const { scene, el } = state, { output } = scene;
  if (scene.siblings) return paintSiblings(state);
  const room = el.outputBox.clientWidth, cell = Math.min(room / output.columns, 300 / output.rows, 96);
  const shades = (state.outputDomain = rangeOfOutput(state));
  state.outputSize = [output.columns * cell, output.rows * cell];
  const pen = sized(el.output, ...state.outputSize);
  pen.drawImage(paint(state.results, 0, output.columns, output.rows, shades), 0, 0, ...state.outputSize);
  if (cell >= 22) numbers(pen, cell, output.rows, output.columns, (y, x) => state.results[y * output.columns + x], shades);
  sized(el.outputOver, ...state.outputSize);
  el.outputLegend.hidden = Boolean(scene.ask); // its ends might give the number away
  el.outputBox.style.height = `${state.outputSize[1]}px`;
  legend(el.outputLegend, shades, output.words);
}

// A function's output shares the range of its input: the same number has the same colour.
function rangeOfOutput({ scene, results }) {
  const most = results.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (scene.rule === "curve" && 3 * most > inputDomain(scene, 0).high) return inputDomain(scene, 0); // else it would be blank
  let [low, high] = [Infinity, -Infinity];
  for (const value of results) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low >= 0 && scene.output.scale === "grey") return domain("grey", 0, Math.max(high, 255)); // a picture stays one
  return domain(low < 0 ? "signed" : "magnitude", low, high);
}

// The strip of all input channels; a tap shows one of them large.
function paintStrip(state) {
  const { scene, el, channel } = state, { input } = scene;
  el.strip.hidden = input.channels < 2 || state.single;
  if (el.strip.hidden) return;
  const room = el.inputBox.clientWidth, place = (state.stripPlace = tiles(input.channels, room, 96, 8, 40)), pen = sized(el.strip, room, place.height);
  const small = (i) => paint(scene.values, i * input.rows * input.columns, input.columns, input.rows, inputDomain(scene, i));
  if (state.small?.scene !== scene) state.small = { scene, pictures: Array.from({ length: input.channels }, (_, i) => small(i)) };
  state.small.pictures.forEach((picture, i) => pen.drawImage(picture, ...corner(place, i), place.size, place.size));
  markTile(pen, place, channel);
}

// The maps of several filters, small, to choose from.
function paintFilters(state) {
  const { scene, el, filterMaps } = state, { rows, columns } = scene.output;
  const room = el.outputBox.clientWidth, place = (state.filterPlace = tiles(scene.filters, room, 60, 24, 56));
  const pen = sized(el.filters, room, place.height), scale = Math.min(place.size / columns, place.size / rows);
  filterMaps.forEach((map, i) => pen.drawImage(paint(map, 0, columns, rows, rangeOfOutput({ scene, results: map })), ...corner(place, i), columns * scale, rows * scale));
  outline(pen, ...corner(place, scene.channel).map((edge) => edge + 1), columns * scale - 2, rows * scale - 2);
}

// The whole map or photo, with the frame that says which part of it is taken apart here.
function paintOverview(state) {
  const { scene, el } = state, { overview } = scene;
  const scale = Math.min(el.overviewBox.clientWidth / overview.columns, 120 / overview.rows);
  state.overviewSize = [overview.columns * scale, overview.rows * scale];
  const pen = sized(el.overview, ...state.overviewSize);
  pen.imageSmoothingEnabled = overview.kind === "photo";
  if (state.photo) pen.drawImage(state.photo, 0, 0, ...state.overviewSize);
  drawFrame(state, overview.frame);
}

function drawFrame(state, [left, top, right, bottom]) {
  const [width, height] = state.overviewSize, pen = sized(state.el.overviewOver, width, height);
  pen.fillStyle = "rgba(0, 0, 0, 0.4)";
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.rect(left * width, top * height, (right - left) * width, (bottom - top) * height);
  pen.fill("evenodd");
  outline(pen, left * width + 1, top * height + 1, (right - left) * width - 2, (bottom - top) * height - 2);
}
