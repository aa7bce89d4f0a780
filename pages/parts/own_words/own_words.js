// What Streamlit's widgets say by themselves, said in the page's language: names for a screen reader, and texts on the screen.

const TOLD_BY = ["aria-label", "title", "placeholder"];
// Where Streamlit writes its own texts. Elsewhere nothing is looked at: what a page says is never changed.
const ITS_OWN = "[data-testid=InputInstructions], [data-testid=stFileUploaderDropzone], [data-testid=stFileUploaderDropzoneInstructions], " +
  "[data-testid=stSelectboxVirtualDropdown], [role=listbox], [data-baseweb=popover], [data-testid=stConnectionStatus], [data-testid=stStatusWidget]";

function makeOwnWords() {
  let names = [], texts = [];
  const given = new WeakMap(); // what stood there before, by the node and what it is called

  const pattern = ([from, to]) => [new RegExp(`^${from.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+)")}$`), to];
  const inPlaceOf = (pairs, text) => {
    for (const [from, to] of pairs) {
      const found = from.exec(text);
      if (found) return to.replace("{}", found[1] ?? "");
    }
    return null;
  };
  /** Say something anew, and know what it was: another language begins with what Streamlit said. */
  function change(node, name, pairs, read, write) {
    const now = read(), known = given.get(node)?.[name];
    const own = known && known.said === now ? known.own : now;
    const to = inPlaceOf(pairs, own.trim()) ?? own;
    if (to !== now) write(to);
    if (to !== own) given.set(node, { ...given.get(node), [name]: { own, said: to } });
  }
  function look(root) {
    if (root.nodeType === Node.TEXT_NODE) {
      if (root.parentElement?.closest(ITS_OWN)) change(root, "text", texts, () => root.data, (to) => { root.data = to; });
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const all = [root, ...root.querySelectorAll(TOLD_BY.map((name) => `[${name}]`).join())];
    for (const node of all) for (const name of TOLD_BY) {
      if (node.hasAttribute(name)) change(node, name, names, () => node.getAttribute(name), (to) => node.setAttribute(name, to));
    }
    const own = root.closest(ITS_OWN) ? [root] : [...root.querySelectorAll(ITS_OWN)];
    for (const one of own) {
      const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) look(walk.currentNode);
    }
  }
  const watcher = new MutationObserver((changes) => {
    for (const one of changes) {
      if (one.type === "childList") one.addedNodes.forEach(look);
      else if (one.type === "characterData") look(one.target);
      else change(one.target, one.attributeName, names, () => one.target.getAttribute(one.attributeName) ?? "", (to) => one.target.setAttribute(one.attributeName, to));
    }
  });

  return {
    update(data) {
      const was = names.length + texts.length;
      names = data.names.map(pattern);
      texts = data.texts.map(pattern);
      watcher.disconnect();
      if (!names.length && !was) return; // it was English, and is
      look(document.body);
      if (names.length) watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: TOLD_BY });
    },
    destroy() {
      watcher.disconnect();
    },
  };
}

const ownWords = makeOwnWords();

export default function ({ data }) {
  ownWords.update(data);
  return () => ownWords.destroy();
}
