// An activation function and its slope, drawn together, with the chosen cell marked on both. The engine computed both.
function paintCurve(state) {
  const { scene, el, terms } = state, { curve, curveX, curveY, curveSlope } = scene;
  const width = el.curveBox.clientWidth, height = Math.min(width, 230), pad = { left: 44, right: 8, top: 10, bottom: 22 };
  const pen = sized(el.curveCanvas, width, height), style = getComputedStyle(el.curveCanvas);
  const x = (value) => pad.left + ((value - curve.low) / (curve.high - curve.low)) * (width - pad.left - pad.right);
  const y = (value) => height - pad.bottom - ((value - curve.bottom) / (curve.top - curve.bottom)) * (height - pad.top - pad.bottom);
  axes(pen, { x, y, curve, width, height, pad, style });
  line(pen, curveX, curveSlope, x, y, "#3a87c8", [6, 4]);
  line(pen, curveX, curveY, x, y, "#e07b1a", []);
  const at = terms.value[0];
  if (at < curve.low || at > curve.high) return;
  mark(pen, x(at), y(terms.slope), "#3a87c8");
  if (!state.hides) mark(pen, x(at), y(terms.result), "#e07b1a");
}

function axes(pen, { x, y, curve, width, height, pad, style }) {
  [pen.fillStyle, pen.font, pen.textAlign] = [style.color, `11px ${style.fontFamily}`, "center"];
  [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [style.color, 1, 0.45];
  pen.beginPath();
  pen.moveTo(pad.left, y(0)), pen.lineTo(width - pad.right, y(0));
  pen.moveTo(x(0), pad.top), pen.lineTo(x(0), height - pad.bottom);
  pen.stroke();
  pen.globalAlpha = 1;
  for (const end of [curve.low, curve.high]) pen.fillText(number(end), Math.min(Math.max(x(end), pad.left + 8), width - 18), height - 8);
  pen.fillText("x", x(0), height - 8);
  pen.textAlign = "right";
  for (const end of [curve.bottom, curve.top]) pen.fillText(number(end), pad.left - 4, y(end) + 4);
}

function line(pen, xs, ys, x, y, colour, dash) {
  pen.beginPath();
  xs.forEach((value, i) => pen[i ? "lineTo" : "moveTo"](x(value), y(ys[i])));
  pen.setLineDash(dash);
  [pen.strokeStyle, pen.lineWidth] = [colour, 2.25];
  pen.stroke();
  pen.setLineDash([]);
}

function mark(pen, x, y, colour) {
  pen.beginPath();
  pen.arc(x, y, 5.5, 0, 7);
  [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [colour, "#000", 2];
  pen.fill();
  pen.stroke();
}
