// Pictures in the lab: examples with their answers, filters and maps, the confusion matrix and what is in its cells.
const CELL = { gap: 6, words: 14 };

// A gallery: pictures with a line of words under each. Gives the areas that can be clicked.
function paintGallery(state, canvas, { pixels, side, captions, chosen = -1, most }, width) {
  const { style } = state, count = captions.length, size = most;
  const across = Math.max(1, Math.floor((width + CELL.gap) / (size + CELL.gap))), pitch = size + CELL.words + CELL.gap;
  const pen = sized(canvas, width, Math.max(Math.ceil(count / across) * pitch, 8));
  pen.font = `11px ${style.fontFamily}`;
  pen.textAlign = "center";
  return captions.map(({ words, wrong }, i) => {
    const [left, top] = [(i % across) * (size + CELL.gap), Math.floor(i / across) * pitch];
    pen.drawImage(paint(pixels, i * side * side, side, side, { scale: "grey", low: 0, high: 255 }), left + 2, top + 2, size - 4, size - 4);
    if (i === chosen) outline(pen, left + 2, top + 2, size - 4, size - 4);
    pen.fillStyle = style.color;
    pen.font = `${wrong ? "700 " : ""}11px ${style.fontFamily}`;
    pen.fillText(words, left + size / 2, top + size + 11, size + CELL.gap - 1);
    return [left, top, size, pitch];
  });
}

const areaAt = (areas, [x, y]) => (areas || []).findIndex(([left, top, wide, high]) => x >= left && x < left + wide && y >= top && y < top + high);

function paintExamples(state) {
  const { el, lab } = state, { labels, answers } = lab.examples;
  const captions = labels.map((label, i) => ({ words: answers[i] === label ? lab.short[label] : `${lab.short[label]} ✗ ${lab.short[answers[i]]}`, wrong: answers[i] !== label }));
  state.exampleAreas = paintGallery(state, el.gallery, { pixels: lab.pictures, side: lab.side, captions, chosen: lab.examples.chosen, most: 36 }, state.room);
  const wrong = captions.filter((one) => one.wrong).length;
  el.galleryTold.textContent = `${captions.length} pictures that it never trains on, ${captions.length - wrong} read right; ✗ is followed by what it takes the others for. Choose one to follow it through the network.`;
  el.gallery.setAttribute("aria-label", `Test pictures. Number ${lab.examples.chosen + 1} is chosen: ${lab.classes[labels[lab.examples.chosen]]}. Arrow keys choose another.`);
}

// Filters, then the chosen picture's maps layer by layer, then the answer.
function paintInside(state) {
  const { el, lab, style } = state, width = state.room, left = 74, gap = 3, rows = [];
  const picture = lab.examples.chosen, places = [];
  let top = 0;
  const measure = (stack, large) => {
    const size = Math.max(18, Math.min(large, (width - left) / Math.min(stack.count, 8) - gap));
    const across = Math.max(1, Math.floor((width - left + gap) / (size + gap)));
    rows.push({ ...stack, size, across, top });
    top += Math.max(Math.ceil(stack.count / across) * (size + gap), stack.filters ? 30 : 44) + 7; // room for three lines of words
  };
  for (const stack of lab.stacks) measure(stack, stack.filters ? 30 : 42);
  const pen = sized(el.inside, width, Math.max(top, 8) + 2);
  pen.font = `12px ${style.fontFamily}`;
  for (const row of rows) {
    const shades = domain(row.filters || row.low < 0 ? "signed" : "magnitude", row.low, row.high);
    pen.fillStyle = style.color;
    pen.fillText(row.filters ? `${row.name} filters` : row.name, 0, row.top + 13, left - 6);
    const ends = row.low || row.high ? `${number(shades.low)} … ${number(shades.high)}` : "all 0"; // there domain has ends that nothing reaches
    const [second, third] = row.filters ? [ends === "all 0" ? ends : `± ${number(shades.high)}`, ""] : [row.note, ends];
    pen.globalAlpha = 0.75;
    pen.fillText(second, 0, row.top + 27, left - 6), pen.fillText(third, 0, row.top + 41, left - 6);
    pen.globalAlpha = 1;
    for (let i = 0; i < row.count; i++) {
      const [x, y] = [left + (i % row.across) * (row.size + gap), row.top + Math.floor(i / row.across) * (row.size + gap)];
      pen.drawImage(paint(lab.maps, row.start + i * row.rows * row.columns, row.columns, row.rows, shades), x, y, row.size, row.size);
      pen.strokeStyle = style.getPropertyValue("--st-border-color") || "#888";
      pen.strokeRect(x, y, row.size, row.size);
      places.push({ row, map: i, x, y });
    }
  }
  state.mapPlaces = places;
  const last = rows.filter((row) => !row.filters).pop();
  el.insideLegend.hidden = !last || !(last.low || last.high);
  if (!el.insideLegend.hidden) legend(el.insideLegend, domain(last.low < 0 ? "signed" : "magnitude", last.low, last.high), `${last.name}; each row has its own scale`);
  paintChances(state, el.chances, lab.chances, width, lab.examples.labels[picture]);
}

// What is under the pointer among filters and maps, in words.
function mapValueAt(state, [x, y]) {
  const found = state.mapPlaces?.find((one) => x >= one.x && x < one.x + one.row.size && y >= one.y && y < one.y + one.row.size);
  if (!found) return "";
  const { row, map } = found, [i, j] = [Math.floor(((y - found.y) / row.size) * row.rows), Math.floor(((x - found.x) / row.size) * row.columns)];
  const value = state.lab.maps[row.start + (map * row.rows + i) * row.columns + j];
  return `${row.name}, ${row.filters ? "filter" : "map"} ${map}, row ${i}, column ${j}: ${number(value)}`;
}

// The answer as bars, one a class.
function paintChances(state, canvas, chances, width, right = -1) {
  const { lab, style } = state, line = 17, left = 62, pen = sized(canvas, width, lab.classes.length * line);
  const most = Math.max(...chances, 1e-9), best = chances.indexOf(Math.max(...chances));
  lab.classes.forEach((name, i) => {
    pen.font = `${i === best ? "700" : "400"} 12px ${style.fontFamily}`;
    pen.fillStyle = style.color;
    (pen.textAlign = "right"), pen.fillText(`${i === right ? "✓ " : ""}${name}`, left - 7, i * line + 13, left - 8);
    const long = Math.max(0, chances[i] / Math.max(most, 1)) * (width - left - 70);
    pen.fillStyle = i === best ? RUN_COLOURS[0] : RUN_COLOURS[1];
    pen.fillRect(left, i * line + 3, Math.max(long, 1), line - 5);
    pen.fillStyle = style.color;
    (pen.textAlign = "left"), pen.fillText(lab.probable ? percent(chances[i]) : number(chances[i]), left + long + 5, i * line + 13);
  });
  canvas.setAttribute("aria-label", lab.classes.map((name, i) => `${name} ${percent(chances[i])}`).join(", "));
}

// ---- mistakes ----------------------------------------------------------------------------------

function paintConfusion(state) {
  const { el, lab, style } = state, count = lab.classes.length, left = count > 5 ? 34 : 66, top = 34;
  const size = Math.min(26, (Math.min(state.room, 400) - left) / count), pen = sized(el.confusion, left + count * size + 2, top + count * size + 2);
  const off = Array.from(lab.confusion).filter((_, i) => Math.floor(i / count) !== i % count), most = Math.max(...off, 1);
  pen.font = `11px ${style.fontFamily}`;
  pen.fillStyle = style.color;
  (pen.textAlign = "left"), pen.fillText("taken for …", left, 11);
  lab.short.forEach((name, i) => {
    (pen.textAlign = "center"), pen.fillText(name, left + (i + 0.5) * size, top - 6, size - 2);
    (pen.textAlign = "right"), pen.fillText(name, left - 6, top + (i + 0.5) * size + 4, left - 6);
  });
  for (let i = 0; i < count * count; i++) {
    const [row, column] = [Math.floor(i / count), i % count], [x, y] = [left + column * size, top + row * size], times = lab.confusion[i];
    const shade = colourOf({ scale: "magnitude", low: 0, high: most }, times);
    pen.fillStyle = row === column ? style.getPropertyValue("--st-secondary-background-color") || "#eee" : times ? shade.css : style.getPropertyValue("--st-background-color") || "#fff";
    pen.fillRect(x, y, size - 1, size - 1);
    pen.fillStyle = row === column || !times ? style.color : shade.ink;
    if (times) (pen.textAlign = "center"), pen.fillText(times, x + size / 2, y + size / 2 + 4, size - 2);
  }
  const [row, column] = state.cell;
  if (row >= 0) outline(pen, left + column * size, top + row * size, size - 1, size - 1);
  state.cellAt = ([x, y]) => [Math.floor((y - top) / size), Math.floor((x - left) / size)].map((at) => (at >= 0 && at < count ? at : -1));
  el.confusion.setAttribute("aria-label", `Confusion matrix.${row >= 0 ? ` ${lab.classes[row]} taken for ${lab.classes[column]}: ${lab.confusion[row * count + column]}.` : ""} Arrow keys go from cell to cell, Enter opens its pictures.`);
}

const cellWords = ({ lab }, [row, column]) => {
  const times = lab.confusion[row * lab.classes.length + column];
  return row === column ? `${lab.classes[row]} taken for what it is: ${times}` : `${lab.classes[row]} taken for ${lab.classes[column]}: ${times}`;
};

function paintAlbum(state) {
  const { el, lab } = state, captions = lab.album.map(({ label, answer, certainty }) => ({ words: `${lab.short[label]} → ${lab.short[answer]} ${lab.probable ? `${Math.round(100 * certainty)} %` : number(certainty)}` }));
  el.album.hidden = lab.kind === "points";
  if (lab.kind !== "points") paintGallery(state, el.album, { pixels: lab.albumPictures, side: lab.side, captions, most: 62 }, Math.min(state.room, 420));
  el.albumTold.textContent = lab.albumTitle;
  el.album.setAttribute("aria-label", captions.map((one) => one.words).join(", ") || "no pictures");
}
