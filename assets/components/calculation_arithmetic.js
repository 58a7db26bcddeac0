// The arithmetic of one map, as core/arithmetic.py has it: what the window of a cell covers, each term, the bias, the sum.
// A scene is what Python sent: { rule, input, window, bias, output, weights, ... }. No drawing here.

// How far a window reaches along axis 0 (down) or 1 (across), first and last cell counted.
const reach = ({ size, dilation }, axis) => dilation[axis] * (size[axis] - 1) + 1;
const windowStart = ({ start, stride, repeat }, axis, at) => start[axis] + Math.floor(at / repeat[axis]) * stride[axis];

// The output cell whose window has its middle nearest to an input cell.
function cellOver({ window, output }, [y, x]) {
  const nearest = (axis, at, first, count) => {
    const position = Math.round((at - window.start[axis] - (reach(window, axis) - 1) / 2) / window.stride[axis]);
    const cell = position * window.repeat[axis]; // the first of those that are copies of it
    return first + within(cell - first, count);
  };
  return [nearest(0, y, output.top, output.rows), nearest(1, x, output.left, output.columns)];
}

// Where a cell of the input lies in its array; -1 in the padding.
function placeIn({ top, left, rows, columns, whole }, channel, y, x) {
  if (y < 0 || x < 0 || y >= whole[0] || x >= whole[1]) return -1;
  return (channel * rows + y - top) * columns + x - left;
}

// Every term of an output cell. Arrays of equal length, channel by channel, row by row.
function termsOf(scene, [row, column]) {
  const { window, input, rule } = scene, [high, wide] = window.size, count = input.channels * high * wide;
  const terms = { count, place: new Int32Array(count), y: new Int32Array(count), x: new Int32Array(count), value: new Float64Array(count), weight: null, product: new Float64Array(count) };
  const [top, left] = [windowStart(window, 0, row), windowStart(window, 1, column)];
  for (let channel = 0, i = 0; channel < input.channels; channel++)
    for (let a = 0; a < high; a++)
      for (let b = 0; b < wide; b++, i++) {
        [terms.y[i], terms.x[i]] = [top + a * window.dilation[0], left + b * window.dilation[1]];
        terms.place[i] = placeIn(input, channel, terms.y[i], terms.x[i]);
        terms.value[i] = terms.place[i] < 0 ? 0 : scene.values[terms.place[i]];
      }
  return RULES[rule](scene, terms, [row, column]);
}

const RULES = {
  sum({ weights, bias }, terms) {
    let products = 0;
    for (let i = 0; i < terms.count; i++) products += terms.product[i] = terms.value[i] * weights[i] + 0;
    return { ...terms, weight: weights, bias, products, sum: products + bias, result: products + bias };
  },
  max(_, terms) {
    let winner = -1;
    for (let i = 0; i < terms.count; i++) if (terms.place[i] >= 0 && (winner < 0 || terms.value[i] > terms.value[winner])) winner = i;
    const result = (terms.product[winner] = terms.value[winner]);
    const equals = terms.value.filter((value, i) => terms.place[i] >= 0 && value === result).length; // the first of them wins
    return { ...terms, winner, equals, bias: 0, products: result, sum: result, result };
  },
  curve(scene, terms, cell) {
    const result = (terms.product[0] = scene.results[outputPlace(scene, cell)]); // the engine's function, not a copy of it
    return { ...terms, bias: 0, products: result, sum: result, result, slope: scene.slopes[outputPlace(scene, cell)] };
  },
  softmax({ channel }, terms) {
    const most = terms.value.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let i = 0; i < terms.count; i++) sum += terms.product[i] = Math.exp(terms.value[i] - most);
    return { ...terms, most, bias: 0, products: sum, sum, result: terms.product[channel] / sum };
  },
};

const outputPlace = ({ output }, [row, column]) => (row - output.top) * output.columns + column - output.left;

// The whole output again, for a kernel that has just been typed: every cell of the map, row by row.
function recompute(scene) {
  const { input, window, output, weights, bias } = scene, [high, wide] = window.size;
  const results = new Float32Array(output.rows * output.columns);
  for (let row = 0, at = 0; row < output.rows; row++)
    for (let column = 0; column < output.columns; column++, at++) {
      const [top, left] = [windowStart(window, 0, row + output.top), windowStart(window, 1, column + output.left)];
      let sum = bias;
      for (let channel = 0, i = 0; channel < input.channels; channel++)
        for (let a = 0; a < high; a++) {
          const y = top + a * window.dilation[0];
          if (y < 0 || y >= input.whole[0]) { i += wide; continue; } // padding adds nothing
          const line = (channel * input.rows + y - input.top) * input.columns - input.left;
          for (let b = 0; b < wide; b++, i++) {
            const x = left + b * window.dilation[1];
            if (x >= 0 && x < input.whole[1]) sum += scene.values[line + x] * weights[i];
          }
        }
      results[at] = sum;
    }
  return results;
}

// Decimals with which the largest of some numbers shows four digits; none where all are whole.
function decimals(values, digits = 4) {
  let most = 0, whole = true;
  for (const value of values) {
    most = Math.max(most, Math.abs(value));
    whole &&= Number.isInteger(value);
  }
  if (whole && most < 1e7) return 0;
  return Math.min(Math.max(digits - 1 - Math.floor(Math.log10(most || 1)), 0), 12);
}

// A number with so many decimals and a real minus sign; nothing that rounds to zero shows a sign.
function fixed(x, places) {
  if (!Number.isFinite(x)) return String(x);
  const text = x.toFixed(places);
  return /[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", "");
}

// Do numbers rounded to so many decimals add up to the rounded total?
function addsUp(parts, total, places) {
  const unit = 10 ** places;
  let sum = 0;
  for (const part of parts) sum += Math.round(part * unit);
  return sum === Math.round(total * unit);
}
