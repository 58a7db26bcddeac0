// The plane with its points and regions, and how a drawn digit is read.
const CLASS_COLOURS = [[58, 135, 200], [224, 123, 26], [47, 158, 119]];
const cssOf = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;

// Each place in the colour of its class, the paler the less sure; points by shape and colour, tests hollow.
function paintPlane(state) {
  const { el, lab, style } = state, width = Math.min(state.room, 380), pen = sized(el.plane, width, width);
  const { grid, reach } = lab, picture = new ImageData(grid, grid), chance = 1 / lab.classes.length;
  for (let row = 0; row < grid; row++)
    for (let column = 0; column < grid; column++) {
      const from = row * grid + column, to = 4 * ((grid - 1 - row) * grid + column);
      const sure = Math.min(Math.max((lab.sureness[from] / 255 - chance) / (1 - chance), 0), 1);
      picture.data.set([...CLASS_COLOURS[lab.regions[from]], 30 + 130 * sure], to);
    }
  const small = document.createElement("canvas");
  [small.width, small.height] = [grid, grid];
  small.getContext("2d").putImageData(picture, 0, 0);
  pen.drawImage(small, 0, 0, width, width);
  const place = (value, flip) => ((flip ? reach - value : value + reach) / (2 * reach)) * width;
  for (let i = 0; i < lab.pointLabels.length; i++) {
    const [x, y] = [place(lab.points[2 * i]), place(lab.points[2 * i + 1], true)], test = i >= lab.trainPoints;
    marker(pen, lab.pointLabels[i], x, y, test ? 3 : 3.5, test, style.color);
    if (lab.ringed[i]) outline(pen, x - 6, y - 6, 12, 12);
  }
  [pen.strokeStyle, pen.lineWidth] = [style.getPropertyValue("--st-border-color") || "#888", 1];
  pen.strokeRect(0.5, 0.5, width - 1, width - 1);
  state.planeAt = ([x, y]) => [(x / width) * 2 * reach - reach, reach - (y / width) * 2 * reach];
  el.plane.setAttribute("aria-label", `The plane: ${lab.classes.join(", ")}. Each place has the colour of the class it is taken for.`);
  el.planeTold.replaceChildren(...lab.classes.map((name, i) => {
    const canvas = make("canvas"), one = sized(canvas, 12, 12);
    marker(one, i, 6, 6, 4, false, style.color);
    return make("span", {}, canvas, name);
  }), make("span", { textContent: "filled: training, hollow: test; pale: not sure" }));
}

function marker(pen, label, x, y, size, hollow, ink) {
  pen.beginPath();
  if (label === 0) pen.arc(x, y, size, 0, 7);
  else if (label === 1) pen.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
  else pen.moveTo(x, y - size * 1.2), pen.lineTo(x + size * 1.1, y + size * 0.8), pen.lineTo(x - size * 1.1, y + size * 0.8), pen.closePath();
  pen.fillStyle = pen.strokeStyle = cssOf(CLASS_COLOURS[label]);
  if (!hollow) pen.fill(), (pen.strokeStyle = ink);
  pen.lineWidth = hollow ? 1.5 : 0.75;
  pen.stroke();
}

function regionWords(state, at) {
  const { lab } = state, [x, y] = state.planeAt(at), index = (value) => within(Math.round(((value + lab.reach) / (2 * lab.reach)) * (lab.grid - 1)), lab.grid);
  const from = index(y) * lab.grid + index(x);
  return `(${number(Number(x.toFixed(2)))}, ${number(Number(y.toFixed(2)))}) is taken for ${lab.classes[lab.regions[from]]}${lab.probable ? `, ${percent(lab.sureness[from] / 255)}` : ""}`;
}

// ---- a drawn digit -----------------------------------------------------------------------------

function paintReading(state) {
  const { el, lab } = state, has = lab.drawn.length > 0;
  el.seen.hidden = el.reading.hidden = !has;
  el.drawTold.textContent = has ? `The network sees 8 × 8 squares, moved and scaled as its training data are, and after ${lab.step} steps it says:` : "The network, as far as it is trained, reads what you draw each time you lift the pen.";
  if (!has) return;
  const pen = sized(el.seen, 96, 96);
  pen.drawImage(paint(lab.drawn, 0, 8, 8, { scale: "grey", low: 0, high: 1 }), 0, 0, 96, 96);
  el.seen.setAttribute("aria-label", "Your drawing as the network sees it");
  paintChances(state, el.reading, lab.drawnChances, Math.min(state.room, state.room > PAPER + 190 ? state.room - PAPER - 20 : 300));
}
