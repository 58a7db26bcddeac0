// The photo with what the network got of it and where it looked, beside the best classes as bars.
function setupAnswer(root) {
  const el = {
    photo: make("canvas", { className: "photo" }),
    input: make("canvas", { className: "input" }),
    strength: make("input", { type: "range", min: 0, max: 100, value: 60 }),
    legend: make("span", { className: "legend" }),
    value: make("p", { className: "value" }),
    bars: make("ol", { className: "bars" }),
    heading: make("h2"),
    caption: make("figcaption"),
    scale: make("p", { className: "scale" }),
    note: make("p", { className: "note" }),
  };
  const slider = make("label", { className: "row", title: "How strongly the heat map covers the photo" }, "Where it looked", el.strength);
  const save = make("button", { textContent: "Save picture", title: "Download the photo with its heat map as PNG" });
  root.append(
    make("div", { className: "torch answer" },
      make("figure", {}, el.photo, make("div", { className: "row" }, slider, el.legend, save), el.value),
      make("div", { className: "told" }, el.heading, el.bars, el.scale, el.note, make("figure", { className: "got" }, el.input, el.caption))),
  );
  el.photo.setAttribute("role", "img");
  el.input.setAttribute("role", "img");
  const state = { el, heat: null };
  state.draw = everyFrame(() => drawPhoto(state));
  el.strength.oninput = state.draw;
  save.onclick = () => savePicture(el.photo, `where-it-looked`);
  el.photo.onpointermove = (event) => pointAt(state, pointer(el.photo, event));
  el.photo.onpointerleave = () => (el.value.textContent = "");
  new ResizeObserver(state.draw).observe(root.querySelector(".torch"));
  return state;
}

// Heat as a smooth overlay: what is hot stays clear, what is cold turns dark, coloured by magnitude.
function heatPicture({ cam, heat }) {
  const { rows, columns, most } = heat;
  const small = paint(cam, 0, columns, rows, { scale: "magnitude", low: 0, high: most || 1 });
  const large = document.createElement("canvas");
  [large.width, large.height] = [columns * 32, rows * 32];
  const pen = large.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

function drawPhoto(state) {
  const { el, answer, picture, heat } = state;
  if (!picture) return;
  const room = Math.min(el.photo.parentElement.clientWidth, 560), tall = 400;
  const scale = Math.min(room / answer.photo.width, tall / answer.photo.height);
  const [width, height] = [answer.photo.width * scale, answer.photo.height * scale];
  const pen = sized(el.photo, width, height);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(picture, 0, 0, width, height);
  const [left, top, right, bottom] = answer.box.map((edge) => edge * scale);
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, bottom - top);
  pen.clip();
  pen.globalAlpha = el.strength.value / 100;
  if (heat) pen.drawImage(heat, left, top, right - left, bottom - top);
  pen.restore();
  outline(pen, Math.max(left, 1), Math.max(top, 1), Math.min(right, width - 1) - Math.max(left, 1), Math.min(bottom, height - 1) - Math.max(top, 1), true);
  state.scale = scale;
}

function pointAt({ el, answer, scale }, [x, y]) {
  const [left, top, right, bottom] = answer.box, { rows, columns } = answer.heat;
  const column = Math.floor(((x / scale - left) / (right - left)) * columns), row = Math.floor(((y / scale - top) / (bottom - top)) * rows);
  const inside = column >= 0 && row >= 0 && column < columns && row < rows;
  el.value.textContent = inside
    ? `Cell ${row}, ${column} of ${rows} × ${columns}: ${number(answer.cam[row * columns + column])} evidence, in logits`
    : "Outside the frame: the network does not see this part.";
}

function drawBars({ el, answer, explain }) {
  el.bars.replaceChildren(
    ...answer.predictions.map(({ label, index, probability }) => {
      const bar = make("span", { className: "bar" });
      bar.style.width = `${Math.max(100 * probability, 0.4)}%`;
      const button = make("button", { title: `Show where it looked for ${label}`, onclick: () => explain(index) },
        make("span", { className: "label", textContent: label }), make("span", { className: "share", textContent: percent(probability) }),
        make("span", { className: "track" }, bar));
      button.setAttribute("aria-pressed", index === answer.heat.index);
      return make("li", {}, button);
    }),
  );
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupAnswer), { el } = state, answer = (state.answer = unpack(data));
  state.explain = (index) => setTriggerValue("explain", { index });
  el.heading.textContent = answer.heading;
  el.scale.textContent = answer.scale;
  el.note.textContent = answer.heat.note;
  el.caption.textContent = answer.got;
  el.photo.setAttribute("aria-label", answer.alt);
  el.input.setAttribute("aria-label", answer.got);
  legend(el.legend, domain("magnitude", 0, answer.heat.most), `evidence for ${answer.heat.label}`);
  drawBars(state);
  state.heat = heatPicture(answer);
  const turn = (state.turn = (state.turn || 0) + 1);
  Promise.all([pictureOf(answer.jpeg), pictureOf(answer.input)]).then(([picture, input]) => {
    if (turn !== state.turn) return; // a newer answer is already here
    state.picture = picture;
    const pen = sized(el.input, 112, 112);
    pen.imageSmoothingEnabled = input.width > 112;
    pen.drawImage(input, 0, 0, 112, 112);
    drawPhoto(state);
    el.photo.dataset.shows = answer.shows;
  });
}
