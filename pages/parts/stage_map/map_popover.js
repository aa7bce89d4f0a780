// The popover: what a thing is, since when, and what can be done to it at the playhead. A sheet from the bottom on phones.

function makePopover(root, ask) {
  const box = make("div", "pop"), title = make("h2"), close = make("button", "close"), state = make("p", "state");
  const glyph = glyphNode(20), word = make("span"), facts = make("dl"), doing = make("div", "actions"), listing = make("div", "listing");
  box.setAttribute("role", "dialog");
  box.setAttribute("popover", "manual"); // the top layer: nothing on the page can cover or clip it
  title.id = `q-pop-${Math.random().toString(36).slice(2, 8)}`;
  box.setAttribute("aria-labelledby", title.id);
  close.type = "button";
  const x = make("canvas");
  x.setAttribute("aria-hidden", "true");
  close.append(x);
  state.append(glyph, word);
  const head = make("div", "popHead");
  head.append(title, close);
  box.append(head, state, facts, doing, listing);
  root.append(box);
  const me = { box, item: null, stamp: "" };

  const away = (event) => {
    if (me.item && !event.composedPath().includes(box) && !event.composedPath().includes(ask.canvas)) me.close(false);
  };
  const follow = () => { if (me.item) place(); };

  function place() {
    const at = ask.anchor(me.item);
    if (!at) return;
    const sheet = ask.isPhone();
    box.classList.toggle("sheet", sheet);
    if (sheet) {
      box.style.left = box.style.top = "";
      return;
    }
    const w = box.offsetWidth, h = box.offsetHeight, gap = 12, room = document.documentElement;
    const right = at.right + gap, left = at.left - gap - w;
    const side = right + w <= room.clientWidth - 8 ? right : left >= 8 ? left : Math.max(8, Math.min(at.left, room.clientWidth - w - 8));
    const y = Math.max(8, Math.min(at.top - 8, room.clientHeight - h - 8));
    box.style.left = `${side}px`;
    box.style.top = `${y}px`;
  }

  function button(label, tone, run) {
    const b = make("button", `btn${tone === "lost" ? " danger" : ""}`, label);
    b.type = "button";
    b.addEventListener("click", run);
    return b;
  }

  /** Fill from the moment. Buttons are rebuilt only when the offer changes, so that focus stays put while time runs. */
  me.refresh = () => {
    if (!me.item) return;
    const { ui, run, now } = ask.moment(), item = me.item;
    const s = stateOf(ui, run, now, item);
    if ((item.kind === "task" || item.kind === "host") && !s.state) return me.close(false);
    put(title, nameOf(ui, run, item));
    glyph.hidden = s.glyph === null;
    if (s.glyph !== null) paintGlyph(glyph, ui.C, s.glyph, run.p.kind === "function" && item.kind === "task");
    put(word, s.since === null ? s.word : ui.say("state_since", { state: s.word, clock: clockText(s.since) }));
    const pairs = factsOf(ui, run, now, item), text = JSON.stringify(pairs);
    if (facts.dataset.text !== text) {
      facts.dataset.text = text;
      facts.replaceChildren(...pairs.flatMap(([k, v]) => [make("dt", "", k), make("dd", "", v)]));
    }
    const offers = ask.offers(item, s.state), fresh = JSON.stringify([item, offers.map((o) => o.do)]);
    if (me.stamp !== fresh) {
      me.stamp = fresh;
      const had = doing.contains(box.getRootNode().activeElement);
      doing.replaceChildren(...offers.map((o) => button(o.label, o.tone, () => {
        ask.act(item, o.do);
        me.close(true);
      })));
      const list = ask.whys(item);
      listing.replaceChildren(...list.map((task) => button(
        list.length > 1 || item.kind !== "task" ? ui.say("why_task", { task }) : ui.say("why"), "", () => {
          me.close(true);
          ask.why(task);
        })));
      if (had) (doing.firstElementChild ?? close).focus();
      place();
    } else [...doing.children].forEach((b, i) => put(b, offers[i].label));
  };

  me.open = (item) => {
    me.item = item;
    me.stamp = "";
    const { ui } = ask.moment();
    close.setAttribute("aria-label", ui.say("close"));
    x.width = x.height = 28;
    cross(x.getContext("2d"), 14, 14, 7, ui.C.ink2, 2.6);
    if (!box.matches(":popover-open")) box.showPopover?.();
    me.refresh();
    place();
    (doing.querySelector("button") ?? listing.querySelector("button") ?? close).focus({ preventScroll: true });
  };
  me.close = (refocus) => {
    if (!me.item) return;
    me.item = null;
    if (box.matches(":popover-open")) box.hidePopover();
    if (refocus) ask.canvas.focus({ preventScroll: true });
    ask.closed();
  };
  close.addEventListener("click", () => me.close(true));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      me.close(true);
    } else if (event.key === "Tab") { // go round inside; Esc is the way out
      const stops = [...box.querySelectorAll("button")], at = stops.indexOf(box.getRootNode().activeElement);
      event.preventDefault();
      stops.at((at + (event.shiftKey ? -1 : 1)) % stops.length).focus();
    }
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", away);
  document.addEventListener("scroll", follow, { capture: true, passive: true });
  addEventListener("resize", follow);
  me.destroy = () => {
    document.removeEventListener("pointerdown", away);
    document.removeEventListener("scroll", follow, { capture: true });
    removeEventListener("resize", follow);
  };
  return me;
}
