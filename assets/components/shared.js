// What every component has in common: unpacking, colour scales, numbers, keys, drawing. Put in front of each one's own file.

// data: [u32 header length][JSON header][arrays, each 8-byte aligned] -> { ...header, name: typed array }
const ARRAY_TYPES = { float64: Float64Array, float32: Float32Array, uint8: Uint8Array, int32: Int32Array };
function unpack(data) {
  const buffer = data.slice().buffer; // own copy: the view may start at an odd offset
  const length = new DataView(buffer).getUint32(0, true);
  const { arrays, ...header } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  for (const a of arrays) header[a.name] = new ARRAY_TYPES[a.type](buffer, a.offset, a.length);
  return header;
}

// Colour scales: 256 entries of 0xAABBGGRR. Safe for colour-blind eyes; zero of the signed one is neutral.
function ramp(...stops) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1), from = Math.min(Math.floor(at), stops.length - 2);
    const [r, g, b] = [16, 8, 0].map((shift) => {
      const [x, y] = [stops[from], stops[from + 1]].map((hex) => (hex >> shift) & 255);
      return Math.round(x + (y - x) * (at - from));
    });
    table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return table;
}
const SCALES = {
  signed: ramp(0x08488e, 0x3a87c8, 0xa6cbe6, 0xf4f4f2, 0xf6bf85, 0xe07b1a, 0x8f3d00),
  magnitude: ramp(0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725),
  grey: ramp(0x000000, 0xffffff),
  red: ramp(0x000000, 0xff4d4d),
  green: ramp(0x000000, 0x33d633),
  blue: ramp(0x000000, 0x5c7cff),
};

const PIXELS = ["grey", "red", "green", "blue"];

// Which scale a range of values gets, and its ends. Signed scales are symmetric, magnitudes start at zero.
function domain(kind, low, high) {
  if (PIXELS.includes(kind)) return { scale: kind, low, high: high > low ? high : low + 1 };
  const most = Math.max(-low, high) || 1;
  return { scale: kind, low: kind === "signed" ? -most : 0, high: most };
}

// The range of colours of one map: its own, its layer's or the whole network's. A layer keeps one scale in every mode;
// where a map is a single number, its own range would say nothing.
const modeFor = (mode, layer) => (mode === "unit" && layer.rows * layer.columns === 1 ? "layer" : mode);
function rangeOf(asked, layer, map, network) {
  const mode = modeFor(asked, layer);
  if (layer.kind === "Input") return domain("grey", layer.low, layer.high);
  const kind = layer.low < 0 ? "signed" : "magnitude";
  const [low, high] = { unit: [layer.ranges[2 * map], layer.ranges[2 * map + 1]], layer: [layer.low, layer.high], network }[mode];
  return domain(kind, low, high);
}

// Paints values (count = width * height, starting at offset) through a domain into a small canvas, one cell a pixel.
function paint(values, offset, width, height, { scale, low, high }, canvas = document.createElement("canvas")) {
  canvas.width = width;
  canvas.height = height;
  const picture = new ImageData(width, height), pixels = new Uint32Array(picture.data.buffer), colours = SCALES[scale];
  const factor = 255 / (high - low);
  for (let i = 0; i < pixels.length; i++) {
    const place = Math.round((values[offset + i] - low) * factor);
    pixels[i] = colours[place < 0 ? 0 : place > 255 ? 255 : place];
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas;
}

// As short as says it with so many digits, as a box shows what can be typed: 1, −0.5, 0.1111.
const brief = (x, digits) => String(Number(x.toPrecision(digits))).replace("-", "−");

// Four significant digits; a real minus sign; very small and very large as powers of ten.
function number(x) {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (size >= 999.95 && size < 1e6) return Math.round(x).toLocaleString("en").replace("-", "−");
  const text = size < 1e-4 || size >= 1e6 ? x.toExponential(3) : x.toPrecision(4).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return text.replaceAll("-", "−");
}
// The number that a reader of number() takes it for.
const read = (text) => Number(text.replaceAll("−", "-").replaceAll(",", ""));
const percent = (p) => (p >= 0.9995 && p < 1 ? "> 99.9 %" : p < 0.0005 && p > 0 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);

// A number as people write it: 0.5, 0,5, −1, 1/9; null if it is none.
function written(text) {
  const parts = text.trim().replace("−", "-").replace(",", ".").split("/").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const value = parts.length === 1 ? parts[0] : parts.length === 2 ? parts[0] / parts[1] : NaN;
  return Number.isFinite(value) && Math.abs(value) <= 1e6 ? value : null;
}

// A canvas drawn in CSS pixels, sharp on any screen.
function sized(canvas, width, height) {
  const sharp = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * sharp), Math.round(height * sharp)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.imageSmoothingEnabled = false;
  return pen;
}

// A frame that shows on any picture: black with a yellow line in it.
function outline(pen, x, y, w, h, dashed = false) {
  pen.setLineDash([]);
  [pen.lineWidth, pen.strokeStyle] = [3.5, "#000"];
  pen.strokeRect(x, y, w, h);
  if (dashed) pen.setLineDash([5, 4]);
  [pen.lineWidth, pen.strokeStyle] = [1.75, "#ffd400"];
  pen.strokeRect(x, y, w, h);
  pen.setLineDash([]);
}

// A colour of a scale, and the ink that can be read on it.
function colourOf({ scale, low, high }, value) {
  const packed = SCALES[scale][within(Math.round(((value - low) / (high - low)) * 255), 256)];
  const [r, g, b] = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
  return { css: `rgb(${r}, ${g}, ${b})`, ink: 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#111" : "#fff" };
}

// The legend of a domain: ends, middle and the scale between them, as text and picture.
function legend(element, { scale, low, high }, words) {
  const bar = element.querySelector("canvas") || element.appendChild(document.createElement("canvas"));
  const pen = sized(bar, 120, 10);
  const strip = paint(Float32Array.from({ length: 256 }, (_, i) => i), 0, 256, 1, { scale, low: 0, high: 255 });
  pen.drawImage(strip, 0, 0, 120, 10);
  const text = element.querySelector("span") || element.appendChild(document.createElement("span"));
  text.textContent = `${number(low)} … ${scale === "signed" ? "0 … " : ""}${number(high)} · ${words}`;
}

const within = (at, count) => Math.min(Math.max(at, 0), count - 1);
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Says text to screen readers once the visitor pauses.
function announcer(element) {
  let timer = 0;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (element.textContent = text), 250);
  };
}

// One drawing per frame however many events ask for it. window.__script collects what each cost, for the benchmark.
function everyFrame(draw) {
  let frame = 0;
  return () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      const began = performance.now();
      draw();
      window.__script?.push(performance.now() - began);
    });
  };
}

// Cells of a gallery: as large as lets `count` of them share width x height; at least `least` pixels.
function tiles(count, width, height, least, most) {
  const fitting = (size) => {
    const pitch = size + (size > 8 ? 2 : 0), across = Math.max(1, Math.floor((width + 2) / pitch));
    return { size, pitch, across, height: Math.ceil(count / across) * pitch };
  };
  for (let size = most; size > least; size -= size > 40 ? 4 : 1) if (fitting(size).height <= height) return fitting(size);
  return fitting(least);
}

const corner = ({ pitch, across }, i) => [(i % across) * pitch, Math.floor(i / across) * pitch];

// Where a pointer is on a canvas, in its CSS pixels.
function pointer(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function savePicture(canvas, name) {
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

// An encoded picture (JPEG or PNG bytes) as something to draw.
const pictureOf = (bytes) => createImageBitmap(new Blob([bytes]));

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// State of each mounted component, kept over reruns.
const mounted = new WeakMap();
function stateOf(root, setup) {
  if (!mounted.has(root)) mounted.set(root, setup(root));
  return mounted.get(root);
}
