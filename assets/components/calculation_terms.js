// One number in full: a tile for each channel, a cell for each term, and the sentence that adds them up.
const TERM = { width: 56, height: 45, head: 17, gap: 10 }; // CSS pixels

const channelName = ({ input, names, feeders }, channel) => names?.[channel] ?? `${input.unit} ${input.channelIds?.[channel] ?? channel}${feeders?.length > 1 ? ` of ${feeders[channel]}` : ""}`;

// Tiles in the order they are shown: as they come, or the largest share of the sum first.
function orderOf(scene, terms, largestFirst) {
  const { channels } = scene.input, area = terms.count / channels, totals = new Float64Array(channels);
  for (let i = 0; i < terms.count; i++) totals[Math.floor(i / area)] += terms.product[i];
  const order = Array.from({ length: channels }, (_, i) => i);
  if (largestFirst) order.sort((a, b) => Math.abs(totals[b]) - Math.abs(totals[a]));
  return { order, totals };
}

// Draws the tiles that are in view: thousands of terms cost as little as the fifty on the screen.
function drawTerms(state) {
  const { el, scene, terms } = state, [high, wide] = scene.window.size;
  const room = el.list.clientWidth, folded = wide * TERM.width > room * 2.5 || high * wide > 121; // a window too large to spell out
  const { order, totals } = orderOf(scene, terms, state.largestFirst);
  const tile = folded ? { w: room, h: TERM.height + TERM.head } : { w: wide * TERM.width, h: high * TERM.height + TERM.head };
  const across = Math.max(1, Math.floor((room + TERM.gap) / (tile.w + TERM.gap))), pitch = tile.h + TERM.gap;
  const total = Math.ceil(order.length / across) * pitch, view = Math.min(total, Math.max(state.viewHeight, pitch));
  [el.list.style.height, el.spacer.style.height] = [`${view}px`, `${total}px`];
  const pen = sized(el.terms, Math.max(room, tile.w), view), from = el.list.scrollTop;
  const style = { pen, scene, terms, state, most: largest(terms.product), ink: getComputedStyle(el.list).color, font: getComputedStyle(el.list).fontFamily };
  style.value = decimals(terms.value, 4);
  style.weight = terms.weight ? decimals(terms.weight, 3) : 0;
  style.product = decimals(terms.product, 4);
  for (let slot = 0; slot < order.length; slot++) {
    const y = Math.floor(slot / across) * pitch - from;
    if (y + tile.h < 0 || y > view) continue;
    drawTile(style, order[slot], totals[order[slot]], (slot % across) * (tile.w + TERM.gap), y, folded);
  }
  el.terms.style.transform = `translateY(${from}px)`;
  state.list = { order, across, pitch, tile, folded };
}

// The term at a point of the list and its channel, as markTerm takes them: on a head the channel alone.
function termInList({ scene, list: { order, across, pitch, tile, folded }, el }, [x, y]) {
  const [high, wide] = scene.window.size, down = y + el.list.scrollTop, slot = Math.floor(x / (tile.w + TERM.gap));
  const channel = order[slot < across ? Math.floor(down / pitch) * across + slot : -1] ?? -1;
  const row = Math.floor(((down % pitch) - TERM.head) / TERM.height), at = Math.floor((x % (tile.w + TERM.gap)) / TERM.width);
  if (channel < 0 || folded || row < 0 || row >= high || at >= wide) return [-1, channel];
  return [(channel * high + row) * wide + at, channel];
}

const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;

function drawTile(style, channel, total, left, top, folded) {
  const { pen, scene, terms, ink, font } = style, [high, wide] = scene.window.size, area = high * wide;
  const large = channel === style.state.channel && !style.state.single && scene.input.channels > 1; // the one beside the list
  [pen.font, pen.fillStyle, pen.textAlign] = [`${large ? 700 : 400} 12px ${font}`, ink, "left"];
  const title = channelName(scene, channel), sum = scene.rule === "sum" && area > 1 && !style.state.hides ? `: ${fixed(total, style.product)}` : "";
  pen.fillText(fitted(pen, title + sum, folded ? 1e4 : Math.max(wide * TERM.width, TERM.width + 4)), left, top + 12);
  if (folded) return pen.fillText(`${area.toLocaleString("en")} cells under the window; copy the calculation to see each`, left, top + 30);
  for (let i = 0; i < area; i++) {
    const at = channel * area + i, x = left + (i % wide) * TERM.width, y = top + TERM.head + Math.floor(i / wide) * TERM.height;
    drawTerm(style, terms, at, x, y);
  }
}

function drawTerm(style, terms, at, x, y) {
  const { pen, scene, font, most } = style, padding = terms.place[at] < 0;
  const loser = scene.rule === "max" && (style.state.hides || at !== terms.winner);
  const colour = colourOf(domain("signed", -most, most), loser ? 0 : terms.product[at]);
  pen.fillStyle = padding || loser ? "rgba(128, 128, 128, 0.18)" : colour.css;
  pen.fillRect(x, y, TERM.width - 2, TERM.height - 2);
  pen.fillStyle = padding || loser ? style.ink : colour.ink;
  pen.textAlign = "center";
  const middle = x + TERM.width / 2 - 1;
  const lines = linesOf(style, terms, at, padding);
  pen.font = `11px ${font}`;
  for (let i = 0; i < lines.length; i++) {
    if (i === lines.length - 1) pen.font = `600 12px ${font}`;
    pen.fillText(lines[i], middle, y + [26, 19, 12][lines.length - 1] + i * 14, TERM.width - 4);
  }
  if (at === style.state.term) outline(pen, x + 1, y + 1, TERM.width - 4, TERM.height - 4);
}

// The lines of one cell: the value, what is done to it, what comes out.
function linesOf({ scene, state, ...places }, terms, at, padding) {
  const value = padding ? "padding 0" : fixed(terms.value[at], places.value);
  if (scene.rule === "max") return [value, ...(at === terms.winner && !state.hides ? ["wins"] : [])];
  if (scene.rule === "softmax") return [value, powerOf("z", terms.most), number(terms.product[at])];
  if (scene.rule === "curve") return [value, scene.curve.name, state.hides ? "?" : fixed(terms.product[at], places.product)];
  return [value, `× ${fixed(terms.weight[at], places.weight)}`, fixed(terms.product[at], places.product)];
}

function fitted(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  while (text.length > 1 && pen.measureText(`${text}…`).width > room) text = text.slice(0, -1);
  return `${text}…`;
}
