// One slope taken apart, and the way back: how large the slopes are at every step.

// Each term as a tile: where it comes back from, upstream slope × local slope, and what they make.
function showSum(state) {
  const { el, layer } = state, { open } = layer, most = Math.max(...state.products.map(Math.abs), 1e-30);
  const shades = domain("signed", -most, most);
  el.title.textContent = `Slope along ${nameAt(state, state.open)}`;
  el.told.textContent = layer.asked ? "" : layer.told.join(" ");
  const tiles = open.places.map((place, i) => {
    const [upstream, local, product] = layer.terms.slice(3 * i, 3 * i + 3);
    const sum = make("div", { className: "sum" }, `${number(upstream)} × ${bracketed(local)} = `, make("b", { textContent: number(product) }));
    const tile = make("li", {}, make("div", { className: "from", textContent: place }), sum);
    tile.style.borderLeftColor = colourOf(shades, product).css;
    return tile;
  });
  const smaller = `and ${open.rest.count.toLocaleString("en")} smaller terms, together`;
  const rest = open.rest.count ? [make("li", {}, make("div", { className: "from", textContent: smaller }), make("div", { className: "sum" }, make("b", { textContent: number(open.rest.sum) })))] : [];
  el.terms.replaceChildren(...(layer.asked ? [] : [...tiles, ...rest]));
  el.terms.hidden = layer.asked || !tiles.length;
  const [sum, gradient, difference] = open.full, same = open.sum === open.gradient;
  el.total.replaceChildren("Sum = ", make("b", { textContent: layer.asked ? "?" : sum, title: "upstream slope × local slope, added up" }));
  el.check.textContent = layer.asked ? "Answer the question below first." : `The network's own gradient: ${gradient}. ${same ? "No difference." : `Difference: ${difference}, from rounding.`}`;
  el.total.dataset.sum = layer.asked ? "" : open.sum;
}

const bracketed = (x) => (x < 0 ? `(${number(x)})` : number(x));

// ---- the way back --------------------------------------------------------------------------------

function paintWay(state) {
  const { el, layer } = state, width = el.strip.clientWidth, height = 46, pen = sized(el.way, width, height);
  const norms = layer.way.map(({ norm }) => norm).filter((norm) => norm > 0), style = getComputedStyle(el.way);
  const [least, most] = [Math.min(...norms), Math.max(...norms)].map((norm) => Math.log10(norm)), wide = width / layer.way.length;
  layer.way.forEach(({ step, norm }, i) => {
    const tall = norm > 0 ? 4 + (36 * (Math.log10(norm) - least)) / (most - least || 1) : 1;
    pen.fillStyle = step === layer.step ? "#e07b1a" : style.color;
    pen.globalAlpha = step === layer.step || i === state.pointed ? 1 : 0.45;
    pen.fillRect(i * wide + Math.min(1, wide / 6), 42 - tall, Math.max(wide - Math.min(2, wide / 3), 1), tall);
    if (i === state.pointed) outline(pen, i * wide + 1, 2, Math.max(wide - 2, 3), 41, true);
  });
  pen.globalAlpha = 1;
  const ends = norms.length ? `${number(Math.min(...norms))} to ${number(Math.max(...norms))}` : "all 0";
  el.axis.replaceChildren(...["← picture", `height: size of the slopes, ${ends}, by powers of ten`, "answer →"].map((textContent) => make("span", { textContent })));
  tellWay(state);
}

function tellWay(state) {
  const { el, layer } = state, i = state.pointed ?? layer.way.findIndex(({ step }) => step === layer.step), one = layer.way[i];
  el.along.textContent = `${one.name}: slopes of size ${number(one.norm)} (root of the sum of their squares), ${percent(one.zeros)} of them 0`;
  if (state.pointed !== null) state.say(el.along.textContent);
}

const stepAt = ({ el, layer }, [x]) => within(Math.floor((x / el.way.clientWidth) * layer.way.length), layer.way.length);

function walkWay(state, event) {
  const by = ARROWS[event.key], last = state.layer.way.length, here = state.layer.way.findIndex(({ step }) => step === state.layer.step);
  if (event.key === "Enter" || event.key === " ") return event.preventDefault(), state.send("walk", { step: state.layer.way[state.pointed ?? here].step });
  if (!by) return;
  event.preventDefault();
  state.pointed = within((state.pointed ?? here) + by[1] - by[0], last);
  paintWay(state);
}
