// The story of one change, by both ways: what it was in, since when, for how long.

function makeStory(root) {
  const box = make("section", "story"), head = make("div", "story-head"), title = make("h2"), close = make("button", "btn");
  const lede = make("p"), both = make("div", "story-both");
  close.type = "button";
  box.setAttribute("aria-live", "polite");
  head.append(title, close);
  box.append(head, lede, both);
  root.append(box);
  let shown = "";

  function minutes(seconds, say, signs) {
    const whole = Math.round(seconds / 60), hours = Math.floor(whole / 60);
    return hours ? `${numberText(hours, signs)} h ${whole % 60} min` : `${whole} min`;
  }
  function steps(parts, say, t, end, signs) {
    const list = make("ol"), own = parts.find((part) => part.isOwn);
    if (!own) return make("p", "", say("story.none"));
    own.times.forEach((from, i) => {
      if (from > t) return;
      const state = DOING[own.states[i]], until = own.times[i + 1] ?? Infinity, isNow = t < until;
      if (state === "away") return;
      const item = make("li", isNow ? "now" : ""), clockWord = make("time", "", clockText(from)), what = make("span", "", say(`state.${state}`));
      const mark = make("i", `tile ${state}`);
      mark.setAttribute("aria-hidden", "true");
      item.append(mark, clockWord, what);
      if (state !== "delivered") item.append(make("em", "", isNow ? say("story.now", { time: minutes(t - from, say, signs) }) : minutes(until - from, say, signs)));
      list.append(item);
    });
    return list;
  }

  return {
    node: box, close,
    show(change, ways, say, t, data) {
      if (change === null) {
        box.hidden = true;
        shown = "";
        return;
      }
      // Once a minute of the clock is enough for words; the title says whose they are.
      const look = [change, Math.floor(t / 60), data.id, data.lang, data.locked].join();
      if (look === shown) return;
      shown = look;
      box.hidden = false;
      const about = data.changes[change];
      put(title, say("story.title", { n: change + 1, team: about.team }));
      put(close, say("story.close"));
      put(lede, about.services.length > 1 ? say("story.touches", { services: about.services.join(", ") }) : say("story.alone", { service: about.services[0] }));
      both.replaceChildren(...ways.map((way) => {
        const side = make("div"), name = make("h3", "", say(way.name));
        side.append(name, about.at > t ? make("p", "", say("story.open")) : steps(way.parts.filter((part) => part.change === change), say, t, data.end, data.number));
        return side;
      }));
    },
  };
}
