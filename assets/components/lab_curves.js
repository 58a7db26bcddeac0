// Curves of up to four runs, step by step; and how large the gradient is in each layer.
const RUN_COLOURS = ["#e07b1a", "#3a87c8", "#2f9e77", "#a06cc9"]; // a run keeps its own; safe for colour-blind eyes
const PAD = { left: 46, right: 10, top: 20, bottom: 20 };
const DASHED = [5, 4], PALE = 0.45;
const STEP = 0; // the column of a run's scores; chart.columns are those of training and tests

const rowsOf = (run) => Array.from({ length: run.scores.length / run.across }, (_, i) => run.scores.subarray(run.across * i, run.across * (i + 1)));
const powerOfTen = (power) => (Math.abs(power) < 4 ? String(Number((10 ** power).toPrecision(1))) : `10${String(power).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]))}`);
const finite = (values) => Array.from(values).filter(Number.isFinite);

// Where values of a chart stand: linear from 0, or by powers of ten where a loss has jumped up.
function scaleOf(state, chart, height) {
  const { lab } = state, tall = height - PAD.top - PAD.bottom;
  if (chart.percent) return { y: (v) => PAD.top + (1 - v) * tall, ticks: [[0, "0 %"], [0.5, "50 %"], [1, "100 %"]] };
  const all = lab.runs.flatMap((run) => [...(chart.batches ? finite(run.losses) : []), ...rowsOf(run).flatMap((row) => finite(chart.columns.map((column) => row[column])))]);
  const top = Math.max(...all, 1e-6), first = rowsOf(lab.runs[0])[0][chart.columns[1]];
  if (top <= 6 * Math.max(first, 0.5)) return { y: (v) => PAD.top + (1 - v / (1.05 * top)) * tall, ticks: [[0, "0"], [top / 2, number(Number((top / 2).toPrecision(2)))], [top, number(Number(top.toPrecision(2)))]] };
  const high = Math.ceil(Math.log10(top)), low = Math.floor(Math.log10(Math.max(Math.min(...all.filter((v) => v > 0)), 1e-4)));
  const by = Math.max(1, Math.ceil((high - low) / 4)), ticks = [];
  for (let power = low; power <= high; power += by) ticks.push([10 ** power, powerOfTen(power)]);
  return { y: (v) => PAD.top + (1 - (Math.log10(Math.max(v, 10 ** low)) - low) / (high - low)) * tall, ticks, powers: true };
}

function paintChart(state, canvas, chart) {
  const { lab, style } = state, width = state.wide, height = lab.tall || 168, pen = sized(canvas, width, height);
  const { y, ticks, powers } = scaleOf(state, chart, height);
  const x = (step) => PAD.left + (step / lab.most) * (width - PAD.left - PAD.right);
  [pen.fillStyle, pen.strokeStyle, pen.font, pen.lineWidth] = [style.color, style.color, `11px ${style.fontFamily}`, 1];
  for (const [value, words] of ticks) {
    pen.globalAlpha = 0.25;
    pen.beginPath(), pen.moveTo(PAD.left, y(value)), pen.lineTo(width - PAD.right, y(value)), pen.stroke();
    pen.globalAlpha = 1;
    (pen.textAlign = "right"), pen.fillText(words, PAD.left - 5, y(value) + 4, PAD.left - 6);
  }
  (pen.textAlign = "left"), pen.fillText("step 0", PAD.left, height - 5);
  (pen.textAlign = "right"), pen.fillText(lab.most.toLocaleString("en"), width - PAD.right, height - 5);
  (pen.textAlign = "left"), (pen.font = `600 12px ${style.fontFamily}`), pen.fillText(`${chart.title}${powers ? ", by powers of ten" : ""}`, PAD.left, 12);
  for (let i = lab.runs.length - 1; i >= 0; i--) paintRun(pen, lab.runs[i], i ? 1.5 : 2.5, chart, x, y);
  pen.strokeStyle = style.color;
  const at = state.pointed ?? lab.step;
  pen.globalAlpha = state.pointed === null ? 0.4 : 1;
  pen.beginPath(), pen.moveTo(x(at), PAD.top), pen.lineTo(x(at), height - PAD.bottom), pen.stroke();
  pen.globalAlpha = 1;
  state.stepAt = (pointed) => Math.round(Math.min(Math.max((pointed - PAD.left) / (width - PAD.left - PAD.right), 0), 1) * lab.most);
}

// Tests as a solid line, training as a dashed one; the loss of every batch pale behind them. This run's are thicker.
function paintRun(pen, run, wide, chart, x, y) {
  const line = (points, wide, dash, alpha) => {
    [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [run.colour, wide, alpha];
    pen.setLineDash(dash);
    pen.beginPath(), points.forEach(([a, b], i) => pen[i ? "lineTo" : "moveTo"](x(a), y(b))), pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  };
  if (chart.batches) line(Array.from(run.steps, (step, i) => [step, run.losses[i]]).filter(([, v]) => Number.isFinite(v)), 1, [], PALE);
  const rows = rowsOf(run);
  chart.columns.forEach((column, i) => {
    const points = rows.map((row) => [row[STEP], row[column]]).filter(([, v]) => Number.isFinite(v));
    line(points, wide, i ? [] : DASHED, 1);
    const [a, b] = points[points.length - 1] || [];
    if (a === undefined) return;
    pen.fillStyle = run.colour;
    pen.beginPath(), pen.arc(x(a), y(b), i ? 4 : 3, 0, 7), pen.fill();
  });
}

// What colours and lines mean, each with its words; this run is the first of the runs. One run alone has its own colour.
function keysOf({ lab, style }) {
  const colour = lab.runs.length > 1 ? style.color : lab.runs[0].colour;
  const keys = [{ words: "test data, never trained on", colour }, { words: "training data", colour, dash: DASHED }];
  if (lab.charts.some((chart) => chart.batches)) keys.push({ words: "loss of the batches", colour, alpha: PALE, wide: 1 });
  if (lab.runs.length > 1) keys.push(...lab.runs.map((run, i) => ({ words: i ? run.name : `${run.name} (this run)`, colour: run.colour, wide: i ? 1.5 : 3 })));
  return keys;
}

// A piece of line as long as 26 pixels.
function paintKey(pen, { colour, dash = [], alpha = 1, wide = 2.5 }, left, middle, sharp = 1) {
  [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [colour, wide * sharp, alpha];
  pen.setLineDash(dash.map((long) => long * sharp));
  pen.beginPath(), pen.moveTo(left, middle), pen.lineTo(left + 26 * sharp, middle), pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function paintKeys(state) {
  const entry = (key) => {
    const canvas = make("canvas");
    paintKey(sized(canvas, 26, 8), key, 0, 4);
    return make("span", {}, canvas, key.words);
  };
  state.el.keys.replaceChildren(...keysOf(state).map(entry));
}

// The values nearest to a step, as a sentence.
function readoutOf(state, step) {
  const { lab } = state;
  const nearest = (steps) => steps.reduce((best, value, i) => (Math.abs(value - step) < Math.abs(steps[best] - step) ? i : best), 0);
  const told = lab.runs.map((run) => {
    const rows = rowsOf(run), row = rows[nearest(rows.map((one) => one[STEP]))];
    if (!row) return "";
    const name = lab.runs.length > 1 ? `${run.name}: ` : "";
    const said = lab.charts.map(({ word, columns: [known, tests], percent: share }) => {
      const [test, training] = [row[tests], row[known]].map(share ? percent : number);
      return `test ${word} ${test}, training ${training}`;
    });
    return `${name}step ${row[STEP]}: ${said.join("; ")}`;
  });
  return told.filter(Boolean).join(" · ");
}

// ---- gradients ---------------------------------------------------------------------------------

// One bar a layer, by powers of ten: what is left of the gradient on its way back to the first layer.
function paintGradients(state) {
  const { el, lab, style } = state, rows = lab.layers, width = state.room, line = Math.min(30, Math.max(19, 330 / rows.length));
  const height = rows.length * line + 26, pen = sized(el.gradients, width, height), left = 76, right = 62;
  const sizes = rows.map((row) => row.gradient).filter((v) => v > 0 && Number.isFinite(v));
  const high = Math.ceil(Math.log10(Math.max(...sizes, 1e-12))), low = Math.min(Math.floor(Math.log10(Math.min(...sizes, 1))), high - 2);
  const x = (v) => left + ((Math.log10(v) - low) / (high - low)) * (width - left - right);
  [pen.font, pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [`12px ${style.fontFamily}`, style.color, style.color, 1];
  const by = Math.max(1, Math.ceil((high - low) / 5));
  for (let power = low; power <= high; power += by) {
    pen.globalAlpha = 0.25;
    pen.beginPath(), pen.moveTo(x(10 ** power), 0), pen.lineTo(x(10 ** power), height - 20), pen.stroke();
    pen.globalAlpha = 1;
    (pen.textAlign = "center"), pen.fillText(powerOfTen(power), x(10 ** power), height - 6);
  }
  rows.forEach((row, i) => {
    const top = i * line;
    (pen.textAlign = "right"), (pen.fillStyle = style.color), pen.fillText(row.name, left - 8, top + line / 2 + 4);
    const alive = row.gradient > 0 && Number.isFinite(row.gradient), end = alive ? x(row.gradient) : left;
    pen.fillStyle = RUN_COLOURS[1];
    if (alive) pen.fillRect(left, top + 3, Math.max(end - left, 2), line - 6);
    (pen.textAlign = "left"), (pen.fillStyle = style.color), pen.fillText(number(row.gradient), end + 5, top + line / 2 + 4);
  });
  const dead = rows.filter((row) => row.dead > 0).map((row) => `${row.name} ${percent(row.dead)}`);
  el.gradientsTold.textContent = `Length of the gradient in each layer, for the next batch. ${dead.length ? `Units that are dead, for every test example: ${dead.join(", ")}.` : "No unit is dead."}`;
  el.gradients.setAttribute("aria-label", rows.map((row) => `${row.name} ${number(row.gradient)}`).join(", "));
}
