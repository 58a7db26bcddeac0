// What a calculation comes to, in words.

const times = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// "exp(z − 3.2)": the largest z is subtracted first, so that no exp is too large for a computer.
const powerOf = (z, most) => `exp(${z}${most === 0 ? "" : ` ${most < 0 ? "+" : "−"} ${number(Math.abs(most))}`})`;

// What the numbers of a cell add up to, in words: the same text is shown and said.
function sentenceOf(scene, terms) {
  const what = SENTENCES[scene.rule](scene, terms);
  const last = scene.last ? ` ${scene.last}` : "";
  return what + last;
}

// "3 / 4 = 0.75", or "≈" where the shown numbers do not give exactly what is shown of the result.
function fraction(above, below, result) {
  const quotient = read(number(above)) / read(number(below)), exact = Math.abs(quotient - read(number(result))) <= 1e-12 * Math.abs(quotient);
  return `${number(above)} / ${number(below)} ${exact ? "=" : "≈"} ${number(result)}`;
}

const SENTENCES = {
  sum(scene, { count, products, bias, sum }) {
    const places = decimals([products, bias, sum]), exact = addsUp([products, bias], sum, places);
    const [p, b, s] = [products, Math.abs(bias), sum].map((x) => fixed(x, places));
    if (scene.mean) return count === 1 ? `${number(sum)}, the only cell.` : `The mean of ${times(count, "cell")}: ${fraction(sum * count, count, sum)}.`;
    if (!scene.biased) return count === 1 ? `${number(sum)}, as it was.` : `The ${times(count, "number")} add up to ${s}.`;
    const added = count === 1 ? "The product is" : `The ${times(count, "product")} add up to`;
    return `${added} ${p}. ${p} ${bias < 0 ? "−" : "+"} ${b} (${scene.biasName}) ${exact ? "=" : "≈"} ${s}${exact ? "" : ", rounded"}.`;
  },
  max: (_, { count, result, equals }) => count === 1 ? `${number(result)}, the only cell.` : `The largest of ${times(count, "cell")} is ${number(result)}${equals > 1 ? "; the first of equals wins" : ""}.`,
  curve: ({ curve }, { value, result, slope }) => `${curve.name === "none" ? number(value[0]) : `${curve.name}(${number(value[0])})`} ${curve.straight ? "=" : "≈"} ${number(result)}; the slope here is ${number(slope)}.`,
  softmax({ channel }, { count, product, sum, result, value, most }) {
    return `${powerOf(number(value[channel]), most)} / sum over all ${count.toLocaleString("en")} = ${fraction(product[channel], sum, result)}.`;
  },
};

// What the network itself had there, and whether the terms that are shown add up to what is shown.
function checkOf({ had }, terms, result) {
  const gap = Math.abs(terms.result - result), parts = terms.weight ? [...terms.product, terms.bias] : null;
  const said = `${had} ${number(result)}${gap > 0 ? `; ${number(gap)} apart, from rounding` : ", the same to the last digit"}.`;
  const rounded = parts && terms.count > 1 && !addsUp(parts, terms.sum, decimals(terms.product, 4));
  return rounded ? `${said} The terms below are rounded.` : said;
}
