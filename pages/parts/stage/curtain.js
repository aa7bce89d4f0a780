// The curtain: what is drawn on the stage stays drawn until the next beat is there. A copy of the page, canvases and shadows
// included, hangs before the page while that is rebuilt behind it.

/** Copy a piece of the page as it looks now. */
function copyOf(node) {
  const twin = node.cloneNode(false);
  if (node instanceof HTMLCanvasElement && node.width && node.height) {
    try { twin.getContext("2d").drawImage(node, 0, 0); } catch { /* a canvas of another kind stays empty */ }
  } else if (node instanceof HTMLInputElement || node instanceof HTMLSelectElement) twin.value = node.value;
  if (node.shadowRoot) {
    const root = twin.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [...node.shadowRoot.adoptedStyleSheets];
    for (const child of node.shadowRoot.childNodes) root.append(copyOf(child));
  }
  for (const child of node.childNodes) if (child.nodeName !== "SCRIPT") twin.append(copyOf(child));
  return twin;
}

function makeCurtain() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let hung = null;
  return {
    get isDown() { return hung !== null; },
    /** Hang a copy of the page before it. */
    down() {
      const app = document.querySelector("[data-testid=stApp]"), page = document.querySelector("[data-testid=stMain]");
      if (hung || !app || !page) return;
      const at = page.getBoundingClientRect();
      hung = make("div");
      hung.id = "quayside-curtain";
      hung.inert = true;
      hung.setAttribute("aria-hidden", "true");
      Object.assign(hung.style, {
        position: "fixed", inset: "0", zIndex: "999980", overflow: "hidden", pointerEvents: "none",
        background: getComputedStyle(app).backgroundColor,
      });
      const twin = copyOf(page);
      Object.assign(twin.style, {
        position: "absolute", left: `${at.left}px`, top: `${at.top}px`, width: `${at.width}px`, height: `${at.height}px`, overflow: "hidden",
      });
      hung.append(twin);
      app.append(hung);
      twin.scrollTop = page.scrollTop;
    },
    /** Take it away, softly. */
    up() {
      if (!hung) return;
      const old = hung;
      hung = null;
      old.removeAttribute("id");
      if (calm.matches) {
        old.remove();
        return;
      }
      const fade = old.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 160, easing: "ease-out", fill: "forwards" });
      fade.onfinish = fade.oncancel = () => old.remove();
      setTimeout(() => old.remove(), 600); // a hidden window animates nothing
    },
  };
}
