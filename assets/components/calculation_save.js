// The drawing as one picture: input, window and output with their titles and frames, and the sentence.

function wholePicture(state) {
  const { el, scene } = state, middle = scene.rule === "curve" ? [el.curveCanvas] : [el.kernelCanvas, el.kernelOver];
  const panels = [
    { title: el.inputTitle, layers: [el.input, el.inputOver], legend: el.inputLegend },
    ...(el.middlePart.hidden ? [] : [{ title: el.middleTitle, layers: middle, legend: scene.rule === "curve" ? el.curveKey : el.kernelLegend }]),
    { title: el.outputTitle, layers: scene.siblings ? [el.siblings] : [el.output, el.outputOver], legend: el.outputLegend },
  ];
  const shown = el.shown.hidden ? "" : ` · ${el.shown.textContent}`;
  const said = [el.where.textContent + shown, el.value.textContent, el.check.textContent];
  return compose(panels, said, getComputedStyle(state.root.querySelector(".torch")));
}

const cssSize = (canvas) => [parseFloat(canvas.style.width) || 0, parseFloat(canvas.style.height) || 0];

// Panels side by side, in the colours of the page: what is written on them was made for its background.
function compose(panels, said, style) {
  const gap = 24, line = 20, narrow = 220, whole = make("canvas");
  const widths = panels.map(({ layers }) => Math.max(cssSize(layers[0])[0], narrow)), high = Math.max(...panels.map(({ layers }) => cssSize(layers[0])[1]));
  const width = widths.reduce((sum, one) => sum + one + gap, gap), legends = 2 * line + gap + high;
  const pen = sized(whole, width, legends + (said.length + 3) * line);
  fill(pen, style.getPropertyValue("--st-background-color") || "#fff", 0, 0, width, parseFloat(whole.style.height));
  const write = (text, x, y, room, weight = 400) => {
    [pen.fillStyle, pen.font, pen.textAlign] = [style.color, `${weight} 14px ${style.fontFamily}`, "left"];
    pen.fillText(fitted(pen, text, room), x, y);
  };
  let x = gap;
  panels.forEach(({ title, layers, legend }, i) => {
    write(title.textContent, x, gap + 4, widths[i], 600);
    for (const layer of layers) if (layer.width && layer.height) pen.drawImage(layer, x, gap + line, ...cssSize(layer));
    if (!legend.hidden) write(legend.textContent, x, legends, widths[i]);
    x += widths[i] + gap;
  });
  said.forEach((text, i) => write(text, gap, legends + (i + 2) * line, width - 2 * gap, text === said[1] ? 600 : 400));
  return whole;
}
