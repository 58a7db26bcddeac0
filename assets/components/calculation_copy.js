// "Copy this calculation": every digit, as a spreadsheet formula and as PyTorch code that prints the same number.
const LONGEST = 8000; // characters; spreadsheets take 8,192 in one cell

const signed = (x) => (x < 0 ? `(${x})` : String(x));

// One formula where it fits into a cell; else rows to paste, with the sum below them.
function asFormula(scene, terms) {
  const formula = FORMULAS[scene.rule](scene, terms);
  return formula.length <= LONGEST ? formula : ROWS[scene.rule](scene, terms);
}

const FORMULAS = {
  sum: (_, { value, weight, bias }) => `=${Array.from(value, (v, i) => `${signed(v)}*${signed(weight[i])}`).join("+")}+${signed(bias)}`,
  max: (_, { value, place }) => `=MAX(${Array.from(value).filter((_, i) => place[i] >= 0).join(",")})`,
  curve: ({ curve }, { value }) => `=${curve.spreadsheet.replaceAll("x", signed(value[0]))}`,
  softmax: ({ channel }, { value, most }) => `=EXP(${signed(value[channel])}-${signed(most)})/(${Array.from(value, (v) => `EXP(${signed(v)}-${signed(most)})`).join("+")})`,
};

const rows = (lines, last) => [...lines, last].map((cells) => cells.join("\t")).join("\n");
const ROWS = {
  sum: (_, { count, value, weight, bias }) => rows(Array.from(value, (v, i) => [v, weight[i], `=A${i + 1}*B${i + 1}`]), ["", bias, `=SUM(C1:C${count})+B${count + 1}`]),
  max: (_, { value }) => rows(Array.from(value, (v) => [v]), [`=MAX(A1:A${value.length})`]),
  softmax: ({ channel }, { value, most }) => rows(Array.from(value, (v, i) => [v, `=EXP(A${i + 1}-${signed(most)})`]), [`=B${channel + 1}/SUM(B1:B${value.length})`]),
};

function asTorch(scene, terms) {
  const list = (values) => `[${Array.from(values).join(", ")}]`, [high, wide] = scene.window.size;
  const shape = `1, ${scene.input.channels}, ${high}, ${wide}`;
  const tensor = (name, values) => `${name} = torch.tensor(${list(values)}, dtype=torch.float64)`;
  const values = tensor("values", scene.rule === "max" ? Array.from(terms.value).filter((_, i) => terms.place[i] >= 0) : terms.value);
  const body = {
    sum: () => [values, tensor("weights", terms.weight), `bias = torch.tensor([${terms.bias}], dtype=torch.float64)`, `print(torch.nn.functional.conv2d(values.view(${shape}), weights.view(${shape}), bias).item())`],
    max: () => [values, "print(values.max().item())"],
    curve: () => [values, `print(${scene.curve.torch}(values).item())`],
    softmax: () => [values, `print(values.softmax(dim=0)[${scene.channel}].item())`],
  }[scene.rule]();
  return ["import torch", ...body].join("\n");
}

// To the clipboard; without https browsers only offer the old way.
async function copy(text, root) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text).then(() => true, () => copyOldWay(text, root));
  return copyOldWay(text, root);
}

function copyOldWay(text, root) {
  const area = make("textarea", { value: text });
  root.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
