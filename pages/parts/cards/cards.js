// Cards that hand on to each other, and a list below them. Every sentence is known beforehand: the clock says which one holds,
// and only what runs out or adds up (seconds left, seconds since) is counted here.

function makeCards(parent) {
  const root = make("section", "q cards"), row = make("ol", "row"), listed = make("div", "listed");
  const title = make("h3"), lede = make("p", "lede"), list = make("ul");
  root.setAttribute("role", "group");
  listed.append(title, lede, list);
  root.append(row, listed);
  parent.append(root);

  let data = null, cards = [], rows = [];

  function card() {
    const node = make("li", "card"), head = make("h3"), sub = make("p", "sub"), ring = make("div", "ring"), big = make("strong");
    const unit = make("span", "unit"), hub = make("div", "hub"), aside = make("div", "aside"), a = make("span"), b = make("span");
    const said = make("p", "said"), last = make("p", "last"), arrow = make("i", "turn");
    arrow.setAttribute("aria-hidden", "true");
    hub.append(big, unit);
    ring.append(arrow, hub);
    aside.append(a, b);
    node.append(head, sub, ring, aside, said, last);
    return { node, head, sub, big, unit, sides: [a, b], said, last };
  }
  function listRow() {
    const node = make("li"), mark = make("i"), name = make("b"), text = make("span"), bar = make("em");
    mark.setAttribute("aria-hidden", "true");
    bar.setAttribute("aria-hidden", "true");
    node.append(mark, name, text, bar);
    return { node, mark, name, text, bar };
  }

  /** What a column says at a moment: its text with the seconds counted, its tone, and how much of the wait is over. */
  function at(column, t) {
    const i = lastAt(column.t, t);
    if (i < 0) return { text: "", tone: "", part: null };
    const until = column.until[i], since = column.since[i];
    const text = data.texts[column.i[i]]
      .replace("{left}", numberText(Math.max(0, Math.ceil((until ?? t) - t)), data.number))
      .replace("{since}", numberText(Math.max(0, Math.floor(t - since)), data.number));
    return { text, tone: column.tone[i], part: until === null ? null : Math.min(1, (t - since) / Math.max(0.1, until - since)) };
  }

  function build() {
    cards = data.cards.map(card);
    rows = data.rows.map(listRow);
    row.replaceChildren(...cards.map((one) => one.node));
    list.replaceChildren(...rows.map((one) => one.node));
    data.cards.forEach((one, k) => {
      put(cards[k].head, one.title);
      put(cards[k].sub, one.sub);
      put(cards[k].unit, one.unit);
      cards[k].sub.hidden = !one.sub;
      cards[k].node.classList.add(one.name);
    });
    data.rows.forEach((one, k) => put(rows[k].name, one.name));
  }

  let shownAt = -1;
  function show(why) {
    if (!data) return;
    const now = performance.now();
    if (why === "tick" && now - shownAt < 90) return; // eleven times a second is plenty for words
    shownAt = now;
    const t = clock.t;
    data.cards.forEach((one, k) => {
      const big = at(one.big, t), said = at(one.said, t), last = at(one.last, t);
      put(cards[k].big, big.text);
      cards[k].node.dataset.state = big.tone;
      one.aside.forEach((column, side) => put(cards[k].sides[side], at(column, t).text));
      put(cards[k].said, said.text);
      put(cards[k].last, last.text);
      cards[k].last.hidden = !one.last.t.length;
    });
    data.rows.forEach((one, k) => {
      const said = at(one.said, t), r = rows[k];
      r.node.classList.toggle("unused", !said.text);
      put(r.text, said.text);
      r.mark.className = said.tone;
      r.bar.hidden = said.part === null;
      if (said.part !== null) r.bar.style.setProperty("--part", said.part.toFixed(3));
    });
    if (data.words.lede) put(lede, fill(data.words, "lede", { clock: clockText(t) }));
  }
  const deaf = clock.subscribe((_, why) => show(why));
  return {
    update(fresh) {
      const isNew = data?.id !== fresh.id || data?.lang !== fresh.lang || data?.kind !== fresh.kind;
      data = fresh;
      root.lang = fresh.lang;
      root.dataset.theme = themeOf(root);
      root.dataset.kind = fresh.kind;
      root.setAttribute("aria-label", data.words.label);
      put(title, data.words.title ?? "");
      listed.hidden = !fresh.rows.length;
      if (isNew || !cards.length) build();
      show("run");
    },
    destroy() {
      deaf();
      root.remove();
    },
  };
}

export default keeper(makeCards, "cards");
