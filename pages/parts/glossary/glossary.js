// The glossary: a term's meaning beside it, while it is pointed at, has the focus or was tapped. The page's text is never touched:
// a term is a link that the server wrote, and one bubble serves them all. Escape takes it away (WCAG 1.4.13), a pointer may enter it.

const LINGERS_MS = 220, GAP_PX = 7, EDGE_PX = 12, ID = "q-gloss";

function makeGlossary() {
  const bubble = make("div", "q-gloss"), title = make("b"), text = make("span");
  bubble.id = ID;
  bubble.hidden = true;
  bubble.setAttribute("role", "tooltip");
  bubble.append(title, text);
  const listeners = new AbortController();
  let terms = {}, anchor = "#term-", shown = null, leaving = 0;

  const termAt = (node) => node?.closest?.(`a[href^="${anchor}"]`) ?? null;

  function show(link) {
    const told = terms[link.getAttribute("href").slice(anchor.length)];
    clearTimeout(leaving);
    if (!told || link === shown) return;
    hide();
    (document.querySelector("[data-testid=stMain]") ?? document.body).append(bubble);
    put(title, told[0]);
    put(text, told[1]);
    bubble.hidden = false;
    link.setAttribute("aria-describedby", ID);
    shown = link;
    place();
  }
  /** Stand below the term, or above it where there is no room; never beyond the window's edge. */
  function place() {
    if (!shown?.isConnected) return hide();
    const at = shown.getClientRects()[0] ?? shown.getBoundingClientRect(), box = bubble.getBoundingClientRect();
    const below = at.bottom + GAP_PX, fits = below + box.height < innerHeight - EDGE_PX;
    bubble.style.left = `${Math.max(EDGE_PX, Math.min(at.left, innerWidth - box.width - EDGE_PX))}px`;
    bubble.style.top = `${fits ? below : Math.max(EDGE_PX, at.top - GAP_PX - box.height)}px`;
  }
  function hide() {
    clearTimeout(leaving);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    bubble.hidden = true;
  }
  const later = () => { clearTimeout(leaving); leaving = setTimeout(() => { if (termAt(document.activeElement) !== shown) hide(); }, LINGERS_MS); };

  function listen(kind, act, options = {}) {
    document.addEventListener(kind, act, { signal: listeners.signal, ...options });
  }
  listen("pointerover", (event) => {
    const link = termAt(event.target);
    if (link && event.pointerType !== "touch") show(link);
    else if (shown && bubble.contains(event.target)) clearTimeout(leaving);
  });
  listen("pointerout", (event) => {
    if (shown && event.pointerType !== "touch" && (termAt(event.target) === shown || bubble.contains(event.target))) later();
  });
  listen("focusin", (event) => { const link = termAt(event.target); if (link) show(link); else if (shown) hide(); });
  listen("focusout", (event) => { if (termAt(event.target) === shown) later(); });
  // A term leads nowhere: a click or a tap shows what it means.
  listen("click", (event) => {
    const link = termAt(event.target);
    if (link) { event.preventDefault(); event.stopPropagation(); show(link); }
    else if (shown && !bubble.contains(event.target)) hide();
  }, { capture: true });
  listen("keydown", (event) => { if (event.key === "Escape" && shown) hide(); }, { capture: true });
  listen("scroll", () => { if (shown) place(); }, { capture: true, passive: true });

  return {
    update(data) {
      ({ terms, anchor } = data);
    },
    destroy() {
      listeners.abort();
      hide();
      bubble.remove();
    },
  };
}

export default keeper(makeGlossary, "glossary");
