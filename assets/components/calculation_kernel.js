// What lies between input and output: the kernel, to look at or to type into.

// The window's weights: numbers to type in, or a picture of them, which is also what is saved.
function paintKernel(state) {
  if (state.scene.rule === "softmax") return paintPowers(state);
  const { scene, el, channel } = state, { window, weights, input } = scene, [high, wide] = window.size;
  const shades = (state.kernelDomain = domain("signed", -largest(weights), largest(weights)));
  el.grid.hidden = !scene.editable;
  el.kernelCanvas.hidden = el.kernelOver.hidden = scene.editable;
  legend(el.kernelLegend, shades, "weights");
  if (scene.editable) paintGrid(state);
  const room = el.kernelBox.clientWidth, gallery = high * wide === 1;
  const place = (state.kernelPlace = gallery ? tiles(input.channels, room, 260, 5, input.channels > 1 ? 30 : 60) : null);
  const cell = (state.kernelCell = Math.min(room / wide, 220 / high)), size = gallery ? [room, place.height] : [wide * cell, high * cell];
  const pen = sized(el.kernelCanvas, ...size);
  sized(el.kernelOver, ...size);
  if (gallery) {
    for (let i = 0; i < input.channels; i++) fill(pen, colourOf(shades, weights[i]).css, ...corner(place, i), place.size, place.size);
    if (input.channels === 1) numbers(pen, place.size, 1, 1, () => weights[0], shades);
    return;
  }
  pen.drawImage(paint(weights, channel * high * wide, wide, high, shades), 0, 0, ...size);
  if (cell >= 22) numbers(pen, cell, high, wide, (y, x) => weights[(channel * high + y) * wide + x], shades);
}

// Where somebody is writing, what they have written stays.
function paintGrid({ scene, el, channel, kernelDomain, visit }) {
  const { window, weights } = scene, [high, wide] = window.size, area = high * wide;
  el.grid.style.gridTemplateColumns = `repeat(${wide}, minmax(0, 1fr))`;
  while (el.grid.children.length > area) el.grid.lastChild.remove();
  while (el.grid.children.length < area) el.grid.append(make("input", { type: "text", inputMode: "text", autocomplete: "off", spellcheck: false }));
  const write = (box, value) => visit?.box !== box && ((box.value = brief(value, 4)), box.removeAttribute("aria-invalid"));
  [...el.grid.children].forEach((box, i) => {
    const weight = weights[channel * area + i], { css, ink } = colourOf(kernelDomain, weight);
    box.ariaLabel = `Weight in row ${Math.floor(i / wide)}, column ${i % wide}`;
    [box.style.background, box.style.color] = [css, ink];
    write(box, weight);
    box.title = String(weight);
  });
  write(el.bias, scene.bias);
}

// The term that lies at a point of the kernel's picture, [-1] if none does.
function termOnKernel({ scene, channel, kernelPlace, kernelCell }, [x, y]) {
  const [high, wide] = scene.window.size, [row, column] = [Math.floor(y / kernelCell), Math.floor(x / kernelCell)];
  if (scene.rule === "softmax") return [scene.siblings.order[Math.floor(y / BAR)] ?? -1];
  if (kernelPlace) return tileAt(kernelPlace, [x, y]) < scene.input.channels ? [tileAt(kernelPlace, [x, y])] : [-1];
  return row < high && column < wide ? [(channel * high + row) * wide + column] : [-1];
}

// Marks the weight of the term that is pointed at.
function drawKernelMark(state) {
  const { scene, el, channel, term, kernelPlace, kernelCell } = state, [high, wide] = scene.window.size;
  const width = parseFloat(el.kernelOver.style.width), pen = sized(el.kernelOver, width, parseFloat(el.kernelOver.style.height));
  const at = term < 0 || (!kernelPlace && Math.floor(term / (high * wide)) !== channel) ? -1 : term % (high * wide);
  if (scene.editable) [...el.grid.children].forEach((box, i) => box.classList.toggle("pointed", i === at));
  else if (scene.rule === "softmax") markBar(pen, scene, term, width);
  else if (kernelPlace && term >= 0) markTile(pen, kernelPlace, term);
  else if (at >= 0) outline(pen, (at % wide) * kernelCell + 1, Math.floor(at / wide) * kernelCell + 1, kernelCell - 2, kernelCell - 2, true);
}
