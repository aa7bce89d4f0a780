// The grid: a table of buttons. Click, or press 1, 2, 3: yours, shared, AWS's; drag to paint. What is filled in goes to the
// server a moment later, for the address to keep; what is here meanwhile is newer than what the server echoes.

const WAIT_MS = 350;

function makeGrid(parent) {
  const root = make("section", "q grid"), chips = make("div", "chips"), hint = make("p", "hint"), frame = make("div", "frame"), table = make("table");
  const side = make("aside", "side"), foot = make("div", "foot"), count = make("p", "count"), compare = make("button", "btn primary"), again = make("button", "btn");
  const live = make("p", "hidden");
  compare.type = again.type = "button";
  live.setAttribute("aria-live", "polite");
  chips.setAttribute("role", "group");
  table.setAttribute("role", "grid");
  foot.append(count, compare, again);
  frame.append(table);
  root.append(chips, hint, frame, side, foot, live);
  parent.append(root);
  const state = { data: null, send: () => {}, cells: {}, shown: [], at: [0, 0], sent: "", timer: 0, paint: null, revealed: 1 };

  const isStage = () => state.data.size === "stage";
  const rows = () => state.data.layers.length;
  /** The top of the stack is drawn first; cells count from the bottom, as the facts do. */
  const layerOf = (row) => rows() - 1 - row;
  const modelOf = (key) => state.data.models.find((one) => one.key === key);
  const saidAt = (key, layer) => NAMES[(state.cells[key] ?? "")[layer] ?? "-"] ?? "";
  const truthAt = (key, layer) => state.data.truth?.[key]?.[layer] ?? null;
  const packed = () => ({ shown: [...state.shown], cells: Object.fromEntries(Object.entries(state.cells).filter(([, letters]) => /[csa]/.test(letters))) });
  const filled = () => state.shown.reduce((n, key) => n + [...(state.cells[key] ?? "")].filter((letter) => letter !== "-").length, 0);

  function tell() {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => {
      const found = packed();
      state.sent = JSON.stringify(found);
      state.send("fill", found);
    }, WAIT_MS);
  }
  function check(checked) {
    clearTimeout(state.timer);
    state.sent = "";
    state.send("check", { ...packed(), checked });
  }
  function set(key, layer, owner) {
    const letters = [...(state.cells[key] ?? "-".repeat(rows()))];
    letters[layer] = owner ? LETTERS[owner] : "-";
    state.cells[key] = letters.join("");
    drawCells();
    tell();
  }
  const next = (owner) => ["", ...OWNERS][(["", ...OWNERS].indexOf(owner) + 1) % 4];
  const button = (row, column) => table.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  function go(row, column, focus = true) {
    state.at = [Math.min(Math.max(row, 0), rows() - 1), Math.min(Math.max(column, 0), state.shown.length - 1)];
    table.querySelectorAll("button[data-row]").forEach((one) => { one.tabIndex = one === button(...state.at) ? 0 : -1; });
    if (focus) button(...state.at)?.focus();
    drawSide();
  }

  // --- by mouse and by keys ----------------------------------------------------------------------------------------------
  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("button[data-row]");
    if (!cell || event.button) return;
    const row = Number(cell.dataset.row), column = Number(cell.dataset.column), key = state.shown[column];
    go(row, column, false);
    if (state.data.checked || event.pointerType !== "mouse") return;
    const owner = next(saidAt(key, layerOf(row)));
    state.paint = { owner, done: true };
    set(key, layerOf(row), owner);
  });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("button[data-row]");
    if (!cell || !state.paint || !(event.buttons & 1)) return;
    const key = state.shown[Number(cell.dataset.column)], layer = layerOf(Number(cell.dataset.row));
    if (saidAt(key, layer) !== state.paint.owner) set(key, layer, state.paint.owner);
  });
  const lift = () => setTimeout(() => { state.paint = null; });
  window.addEventListener("pointerup", lift);
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("button[data-row]");
    if (!cell || state.paint?.done) return; // the mouse has set it already, on its way down
    const row = Number(cell.dataset.row), column = Number(cell.dataset.column), key = state.shown[column];
    go(row, column, false);
    if (!state.data.checked) set(key, layerOf(row), next(saidAt(key, layerOf(row))));
  });
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("button[data-row]");
    if (cell) go(Number(cell.dataset.row), Number(cell.dataset.column), false);
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("button[data-row]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = state.at, key = state.shown[column];
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [-99, 0], End: [99, 0] }[event.key];
    const owner = { 1: "customer", 2: "shared", 3: "aws", 0: "", Delete: "", Backspace: "" }[event.key];
    if (!step && owner === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) go(row + step[0], column + step[1]);
    else if (!state.data.checked) {
      set(key, layerOf(row), owner);
      put(live, button(row, column).getAttribute("aria-label"));
    }
  });
  compare.addEventListener("click", () => check(true));
  again.addEventListener("click", () => (state.data.checked ? check(false) : (state.cells = {}, drawCells(), tell())));

  // --- what is drawn -----------------------------------------------------------------------------------------------------
  function drawChips() {
    chips.hidden = isStage();
    chips.setAttribute("aria-label", state.data.words.models);
    chips.replaceChildren(...state.data.models.map((one) => {
      const chip = make("button", "chip", one.title);
      chip.type = "button";
      chip.setAttribute("aria-pressed", String(state.shown.includes(one.key)));
      chip.addEventListener("click", () => toggle(one.key, chip));
      return chip;
    }));
  }
  function toggle(key, chip) {
    const has = state.shown.includes(key);
    if (has && state.shown.length === 1) return;
    state.shown = state.data.models.map((one) => one.key).filter((one) => (one === key ? !has : state.shown.includes(one)));
    chip.setAttribute("aria-pressed", String(!has));
    state.at = [state.at[0], 0];
    drawTable();
    if (state.data.checked) check(true);
    else tell();
  }
  /** How many of a model's cells are right, once compared. */
  function rightIn(key) {
    if (!state.data.truth?.[key] || !/[csa]/.test(state.cells[key] ?? "") || isStage()) return "";
    const n = state.data.truth[key].filter((one, layer) => one.owner === saidAt(key, layer)).length;
    return fill(state.data.words, "right_in", { n, of: rows() });
  }
  function drawTable() {
    const look = JSON.stringify([state.shown, state.shown.map(rightIn), state.data.words.name, state.data.size, state.revealed]);
    if (table.dataset.look !== look) {
      table.dataset.look = look;
      const head = make("thead"), top = make("tr"), body = make("tbody");
      top.append(make("td", "corner"), ...state.shown.map((key, column) => {
        const th = make("th", "", modelOf(key).title);
        th.scope = "col";
        const right = rightIn(key);
        if (right) th.append(make("em", "", right));
        else if (modelOf(key).since) th.append(make("em", "", modelOf(key).since));
        th.dataset.hidden = String(isStage() && column >= state.revealed);
        return th;
      }));
      head.append(top);
      for (let row = 0; row < rows(); row += 1) {
        const tr = make("tr"), th = make("th", "", state.data.layers[layerOf(row)].title);
        th.scope = "row";
        tr.append(th, ...state.shown.map((_, column) => {
          const td = make("td"), cell = make("button", "cell");
          cell.type = "button";
          td.setAttribute("role", "gridcell");
          Object.assign(cell.dataset, { row, column });
          td.dataset.hidden = String(isStage() && column >= state.revealed);
          td.append(cell);
          return td;
        }));
        body.append(tr);
      }
      table.replaceChildren(make("caption", "hidden", state.data.words.name), head, body);
      if (isStage()) table.append(footOf());
      table.style.setProperty("--columns", state.shown.length);
      root.dataset.wide = String(state.shown.length > 5);
    }
    drawCells();
    go(...state.at, false);
  }
  /** On stage: how many layers are the customer's whole, column by column. */
  function footOf() {
    const foot_ = make("tfoot"), tr = make("tr"), th = make("th", "", state.data.words.yours_alone);
    th.scope = "row";
    tr.append(th, ...state.shown.map((key, column) => {
      const td = make("td", "", String(state.data.truth[key].filter((one) => one.owner === "customer").length));
      td.dataset.hidden = String(column >= state.revealed);
      return td;
    }));
    foot_.append(tr);
    return foot_;
  }
  function drawCells() {
    const { words } = state.data;
    table.querySelectorAll("button[data-row]").forEach((one) => {
      const layer = layerOf(Number(one.dataset.row)), key = state.shown[Number(one.dataset.column)], truth = truthAt(key, layer);
      const label = `${state.data.layers[layer].title}, ${modelOf(key).title}`;
      dressCell(one, { said: isStage() ? truth?.owner ?? "" : saidAt(key, layer), truth: truth?.owner ?? null, words, label });
    });
    const n = filled(), of = rows() * state.shown.length;
    put(count, state.data.checked ? state.data.words.checked : fill(words, "filled", { n, of }));
    compare.hidden = state.data.checked || isStage();
    compare.disabled = n === 0;
    put(compare, words.compare);
    again.hidden = isStage() || (!state.data.checked && n === 0);
    put(again, state.data.checked ? words.again : words.clear);
    drawSide();
  }
  /** What stands beside: the layer in a sentence; once compared, whose it is, why, and who says so. */
  function drawSide() {
    side.hidden = isStage();
    if (isStage()) return;
    const { words } = state.data, [row, column] = state.at, layer = layerOf(row), key = state.shown[column];
    const info = state.data.layers[layer], truth = truthAt(key, layer), parts = [make("h2", "", info.title), make("p", "help", info.help)];
    if (truth) {
      const said = saidAt(key, layer), verdict = said === "" ? words.left_open : said === truth.owner ? words.right : fill(words, "wrong", { said: words[said] });
      const line = make("p", "verdict", "");
      line.append(make("b", "", `${modelOf(key).title}: ${words[truth.owner]}.`), document.createTextNode(` ${verdict}`));
      parts.push(line, make("p", "", truth.why), make("h3", "", words.says));
      const list = make("ul", "cites");
      for (const cite of truth.cites) {
        const item = make("li"), small = make("small");
        item.dataset.basis = cite.basis;
        small.append(document.createTextNode(`${cite.word} · ${cite.as_of} · `));
        if (cite.link) {
          const link = make("a", "", words.link);
          Object.assign(link, { href: cite.link, target: "_blank", rel: "noopener noreferrer" });
          link.setAttribute("aria-label", fill(words, "link_to", { fact: cite.id }));
          small.append(link);
        } else small.append(document.createTextNode(cite.source));
        item.append(make("span", "", cite.text), small);
        list.append(item);
      }
      parts.push(list);
    } else if (!state.data.checked) parts.push(make("p", "keys", words.keys));
    side.replaceChildren(...parts);
  }
  /** Where the eye should go first: the topmost cell that was filled in wrongly. */
  function firstWrong() {
    for (let row = 0; row < rows(); row += 1) {
      for (let column = 0; column < state.shown.length; column += 1) {
        const said = saidAt(state.shown[column], layerOf(row));
        if (said !== "" && said !== truthAt(state.shown[column], layerOf(row))?.owner) return [row, column];
      }
    }
    return [0, 0];
  }
  // On stage the columns come one after the other, as the speaker tells them.
  function reveal(step) {
    const n = Math.min(Math.max(state.revealed + step, 1), state.shown.length);
    if (n === state.revealed) return;
    state.revealed = n;
    drawTable();
    put(live, modelOf(state.shown[n - 1]).title);
  }
  root.addEventListener("click", () => { if (state.data && isStage()) reveal(1); });
  const onKey = (event) => {
    if (!state.data || !isStage() || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { " ": 1, ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    reveal(step);
  };
  window.addEventListener("keydown", onKey, true);

  return {
    update(fresh, trigger) {
      state.send = trigger;
      const came = JSON.stringify({ shown: fresh.shown, cells: fresh.cells });
      const isFresh = fresh.checked && !state.data?.checked;
      const isOld = state.sent !== "" && came !== state.sent;
      if (!state.data || state.data.shown.join() !== fresh.shown.join()) state.revealed = fresh.revealed;
      state.data = fresh;
      if (!isOld) {
        state.sent = "";
        state.cells = { ...fresh.cells };
        state.shown = [...fresh.shown];
      }
      root.dataset.theme = themeOf(root);
      root.dataset.size = fresh.size;
      root.dataset.checked = String(fresh.checked);
      hint.hidden = isStage() || fresh.checked;
      put(hint, fresh.words.hint);
      if (isFresh && fresh.size !== "stage") state.at = firstWrong();
      drawChips();
      drawTable();
    },
    destroy() {
      clearTimeout(state.timer);
      window.removeEventListener("pointerup", lift);
      window.removeEventListener("keydown", onKey, true);
      root.remove();
    },
  };
}

export default keeper(makeGrid, "grid");
