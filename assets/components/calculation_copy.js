// "Copy this calculation": every digit, as a spreadsheet formula and as PyTorch code that prints the same number.
const LONGEST = 8000, MOST = 250; // characters and arguments; spreadsheets take 8,192 in one cell, and 255

const signed = (x) => (x < 0 ? `(${x})` : String(x));

// What really happens: a sum whose weights are all the same is a mean, or nothing but a sum.
function wayOf(scene, { weight, bias }) {
  if (scene.mean && scene.rule === "sum") return "mean";
  return scene.rule === "sum" && bias === 0 && weight.every((one) => one === 1) ? "plain" : scene.rule;
}

// One formula where it fits into a cell; else rows to paste at A1, with the sum below them.
function asFormula(scene, terms) {
  const way = wayOf(scene, terms), formula = FORMULAS[way](scene, terms);
  return formula.length <= LONGEST && terms.count <= MOST ? formula : ROWS[way](scene, terms);
}

const inside = ({ value, place }) => Array.from(value).filter((_, i) => place[i] >= 0); // padding never wins

const FORMULAS = {
  sum: (_, { value, weight, bias }) => `=${Array.from(value, (v, i) => `${signed(v)}*${signed(weight[i])}`).join("+")}+${signed(bias)}`,
  mean: (_, { value }) => `=AVERAGE(${Array.from(value).join(",")})`,
  plain: (_, { value }) => `=${Array.from(value, signed).join("+")}`,
  max: (_, terms) => `=MAX(${inside(terms).join(",")})`,
  curve: ({ curve }, { value }) => `=${curve.spreadsheet.replaceAll("x", signed(value[0]))}`,
  softmax: ({ channel }, { value, most }) => `=EXP(${signed(value[channel])}-${signed(most)})/(${Array.from(value, (v) => `EXP(${signed(v)}-${signed(most)})`).join("+")})`,
};

const rows = (lines, last) => [...lines, last].map((cells) => cells.join("\t")).join("\n");
const listing = (values, name) => rows(Array.from(values, (v) => [v]), [`=${name}(A1:A${values.length})`]);
const ROWS = {
  sum: (_, { count, value, weight, bias }) => rows(Array.from(value, (v, i) => [v, weight[i], `=A${i + 1}*B${i + 1}`]), ["", bias, `=SUM(C1:C${count})+B${count + 1}`]),
  mean: (_, { value }) => listing(value, "AVERAGE"),
  plain: (_, { value }) => listing(value, "SUM"),
  max: (_, terms) => listing(inside(terms), "MAX"),
  softmax: ({ channel }, { value, most }) => rows(Array.from(value, (v, i) => [v, `=EXP(A${i + 1}-${signed(most)})`]), [`=B${channel + 1}/SUM(B1:B${value.length})`]),
};

function asTorch(scene, terms) {
  const list = (values) => `[${Array.from(values).join(", ")}]`, [high, wide] = scene.window.size;
  const shape = `1, ${scene.input.channels}, ${high}, ${wide}`;
  const tensor = (name, values) => `${name} = torch.tensor(${list(values)}, dtype=torch.float64)`;
  const values = tensor("values", scene.rule === "max" ? inside(terms) : terms.value);
  const body = {
    sum: () => [values, tensor("weights", terms.weight), `bias = torch.tensor([${terms.bias}], dtype=torch.float64)`, `print(torch.nn.functional.conv2d(values.view(${shape}), weights.view(${shape}), bias).item())`],
    mean: () => [values, "print(values.mean().item())"],
    plain: () => [values, "print(values.sum().item())"],
    max: () => [values, "print(values.max().item())"],
    curve: () => [values, `print(${scene.curve.torch}(values).item())`],
    softmax: () => [values, `print(values.softmax(dim=0)[${scene.channel}].item())`],
  }[wayOf(scene, terms)]();
  return ["import torch", ...body].join("\n");
}

// Says on the button that it is done; where the browser does not let us, the text is there to be copied by hand.
async function copied(state, button, text) {
  const { el } = state, done = await copy(text, state.root.querySelector(".torch")), before = button.textContent;
  const where = text.startsWith("import") || text.startsWith("=") ? "" : " and paste at cell A1"; // rows that name each other
  el.manual.hidden = done;
  el.manual.value = text;
  if (!done) el.manual.select();
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  button.textContent = done ? `Copied${where && ": paste at cell A1"}` : `Select and copy below${where}`;
  state.say(button.textContent);
  setTimeout(() => (delete button.dataset.busy, (button.textContent = before)), where ? 4000 : 1500);
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
