// The editor: a plain text area with numbered lines. What is typed stays the reader's; the server is told when the fingers rest, and
// answers with problems. Nothing that comes back replaces the text, unless the text is of something else now (`whose`).

const REST_MS = 350;

function makeEditor(parent) {
  const root = make("section", "q editor"), frame = make("div", "frame"), gutter = make("div", "gutter"), area = make("textarea");
  const status = make("p", "status"), list = make("ol", "problems"), label = make("label", "label");
  const id = `qe-${Math.random().toString(36).slice(2)}`;
  area.id = id;
  label.htmlFor = id;
  status.id = `${id}-status`;
  area.setAttribute("aria-describedby", status.id);
  Object.assign(area, { spellcheck: false, autocomplete: "off", wrap: "off", rows: 18 });
  area.setAttribute("autocapitalize", "off");
  gutter.setAttribute("aria-hidden", "true");
  status.setAttribute("role", "status");
  frame.append(gutter, area);
  root.append(label, frame, status, list);
  parent.append(root);
  let data = null, send = () => {}, timer = 0, sent = null;

  function tell() {
    clearTimeout(timer);
    timer = 0;
    if (area.value === sent) return;
    sent = area.value;
    send("text", sent);
  }
  function number() {
    const lines = area.value.split("\n").length, wrong = new Set((data?.problems ?? []).map((one) => one.line));
    const look = `${lines}:${[...wrong].join()}`;
    if (gutter.dataset.look === look) return;
    gutter.dataset.look = look;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, at) => make("span", wrong.has(at + 1) ? "wrong" : "", String(at + 1))));
  }
  function jump(line) {
    const starts = area.value.split("\n"), from = starts.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(from, from + (starts[line - 1] ?? "").length);
    area.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(area).lineHeight));
  }
  function problem({ line, text }) {
    const item = make("li");
    if (line) {
      const go = make("button", "", fill(data.words, "line", { line }));
      go.type = "button";
      go.addEventListener("click", () => jump(line));
      item.append(go);
    }
    item.append(make("span", "", text));
    return item;
  }
  area.addEventListener("input", () => {
    number();
    clearTimeout(timer);
    timer = setTimeout(tell, REST_MS);
  });
  area.addEventListener("blur", tell);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  area.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page's keys are for those who do not type
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) tell();
  });

  return {
    update(fresh, trigger) {
      const isOther = data?.whose !== fresh.whose;
      send = trigger;
      data = fresh;
      root.dataset.theme = themeOf(root);
      put(label, fresh.label);
      if (isOther && area.value !== fresh.text && !timer) {
        area.value = fresh.text;
        sent = fresh.text;
      }
      number();
      put(status, fresh.count);
      root.dataset.state = fresh.problems.length ? "wrong" : "well";
      area.setAttribute("aria-invalid", String(fresh.problems.length > 0));
      const look = JSON.stringify(fresh.problems);
      if (list.dataset.look !== look) {
        list.dataset.look = look;
        list.replaceChildren(...fresh.problems.map(problem));
      }
    },
    destroy() {
      if (timer) tell();
      root.remove();
    },
  };
}

export default keeper(makeEditor, "editor");
