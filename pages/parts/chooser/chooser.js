// The chooser: a group of radios in one row, or a select where they do not fit. The choice is seen at once, the run that it
// makes is asked for ahead of the page; a pointer that comes near asks early.

function makeChooser(parent) {
  const root = make("div", "q chooser"), row = make("div", "row"), select = make("select");
  row.setAttribute("role", "radiogroup");
  root.append(row, select);
  parent.append(root);
  let data = null, send = () => {}, shown = "", needs = 0;

  const addressOf = (value) => aheadOf(data.ahead, { set: `${data.path}=${value}` });
  function choose(value, moveFocus = false) {
    if (!data || value === data.chosen) return;
    data = { ...data, chosen: value };
    mark();
    if (moveFocus) [...row.children].find((one) => one.dataset.value === value)?.focus();
    ahead.show(() => addressOf(value), () => send("choose", value));
  }
  function mark() {
    for (const one of row.children) {
      const is = one.dataset.value === data.chosen;
      one.setAttribute("aria-checked", String(is));
      one.tabIndex = is ? 0 : -1;
    }
    select.value = data.chosen;
  }
  function fit() {
    root.dataset.theme = themeOf(root);
    const narrow = root.clientWidth > 0 && root.clientWidth + 1 < needs;
    if (root.dataset.narrow !== String(narrow)) root.dataset.narrow = String(narrow);
  }
  select.addEventListener("change", () => choose(select.value));
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const values = data.options.map((one) => one.value), at = values.indexOf(data.chosen);
    choose(values[(at + step + values.length) % values.length], true);
  });
  const watch = new ResizeObserver(fit);
  watch.observe(root);

  return {
    update(fresh, trigger) {
      send = trigger;
      data = fresh;
      row.setAttribute("aria-label", data.label);
      select.setAttribute("aria-label", data.label);
      const look = JSON.stringify(data.options);
      if (look !== shown) {
        shown = look;
        row.replaceChildren(...data.options.map(({ value, name }) => {
          const one = make("button", "", name);
          one.type = "button";
          one.dataset.value = value;
          one.setAttribute("role", "radio");
          one.addEventListener("click", () => choose(value));
          one.addEventListener("pointerenter", () => { if (value !== data.chosen && data.ahead && !ahead.pending) ahead.ask(addressOf(value)); });
          return one;
        }));
        select.replaceChildren(...data.options.map(({ value, name }) => {
          const one = make("option", "", name);
          one.value = value;
          return one;
        }));
        root.dataset.narrow = "false";
        needs = row.scrollWidth;
        document.fonts.ready.then(() => { if (root.isConnected) { root.dataset.narrow = "false"; needs = row.scrollWidth; fit(); } });
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
