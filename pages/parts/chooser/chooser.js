// The chooser: a group of radios in one row; in one for each group, by short names, where that is too long; a select where neither
// fits. The choice is seen at once, the run that it makes is asked for ahead of the page; a pointer that comes near asks early.

const SHAPES = ["row", "lines"];

function makeChooser(parent) {
  const root = make("div", "q chooser"), row = make("div", "row"), lines = make("div", "lines"), select = make("select");
  const radios = [row, lines];
  for (const group of radios) group.setAttribute("role", "radiogroup");
  root.append(row, lines, select);
  parent.append(root);
  let data = null, send = () => {}, shown = "", needs = [];

  const addressOf = (value) => aheadOf(data.ahead, { set: `${data.path}=${value}` });
  function choose(value, moveFocus = false) {
    if (!data || value === data.chosen || data.options.find((one) => one.value === value)?.not_yet) return;
    data = { ...data, chosen: value };
    mark();
    if (moveFocus) buttons().find((one) => one.dataset.value === value && one.offsetParent)?.focus();
    ahead.show(() => addressOf(value), () => send("choose", value));
  }
  function mark() {
    for (const one of buttons()) {
      const is = one.dataset.value === data.chosen;
      one.setAttribute("aria-checked", String(is));
      one.tabIndex = is ? 0 : -1;
    }
    select.value = data.chosen;
  }
  function buttons() {
    return [...root.querySelectorAll("button")];
  }
  function fit() {
    root.dataset.theme = themeOf(root);
    const room = root.clientWidth || Infinity, shape = SHAPES.find((_, at) => needs[at] <= room + 1) ?? "select";
    if (root.dataset.shape !== shape) root.dataset.shape = shape;
  }
  function measure() {
    root.dataset.shape = "row";
    needs = [row.scrollWidth];
    root.dataset.shape = "lines";
    needs.push(lines.scrollWidth);
    fit();
  }
  function radio({ value, name, short, not_yet }, isShort) {
    const one = make("button", "", isShort ? short : name);
    one.type = "button";
    one.dataset.value = value;
    one.setAttribute("role", "radio");
    if (isShort) one.setAttribute("aria-label", name);
    if (not_yet) { // it can be reached and read, and says why it cannot be had
      one.setAttribute("aria-disabled", "true");
      one.setAttribute("aria-label", `${name}, ${not_yet}`);
      one.title = not_yet;
      one.append(make("small", "", not_yet));
    }
    one.addEventListener("click", () => choose(value));
    one.addEventListener("pointerenter", () => { if (!not_yet && value !== data.chosen && data.ahead && !ahead.pending) ahead.ask(addressOf(value)); });
    return one;
  }
  function line(group) {
    const both = make("div", "line"), label = make("span", "group", group), set = make("div", "set");
    label.setAttribute("aria-hidden", "true"); // each radio says its whole name
    set.append(...data.options.filter((one) => one.group === group).map((one) => radio(one, true)));
    both.append(label, set);
    return both;
  }
  select.addEventListener("change", () => choose(select.value));
  for (const group of radios) group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const values = data.options.filter((one) => !one.not_yet || one.value === data.chosen).map((one) => one.value);
    const at = values.indexOf(data.chosen);
    choose(values[(at + step + values.length) % values.length], true);
  });
  const watch = new ResizeObserver(fit);
  watch.observe(root);

  return {
    update(fresh, trigger) {
      send = trigger;
      data = fresh;
      for (const group of radios) group.setAttribute("aria-label", data.label);
      select.setAttribute("aria-label", data.label);
      const look = JSON.stringify(data.options);
      if (look !== shown) {
        shown = look;
        row.replaceChildren(...data.options.map((one) => radio(one, false)));
        lines.replaceChildren(...[...new Set(data.options.map((one) => one.group))].map(line));
        select.replaceChildren(...data.options.map(({ value, name, not_yet }) => {
          const one = make("option", "", not_yet ? `${name} (${not_yet})` : name);
          one.value = value;
          one.disabled = Boolean(not_yet);
          return one;
        }));
        measure();
        document.fonts.ready.then(() => { if (root.isConnected) measure(); });
      }
      mark();
      fit();
    },
    destroy() {
      watch.disconnect();
      root.remove();
    },
  };
}

export default keeper(makeChooser, "chooser");
