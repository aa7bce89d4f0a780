// Picture: a strip to keep, as PNG or SVG, made in the browser with the title, the values and the typeface in it.

async function download(state, strip, format) {
  try {
    const Plotly = await plotly(state.data.plotly);
    const svg = await withFont(await Plotly.toImage(portrait(state, strip), { format: "svg" }));
    const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg, strip);
    const file = `quayside-${strip.key}.${format}`;
    const link = node("a", "", null, { download: file, href: URL.createObjectURL(blob) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    put(state.sorry, say(state.data, "saved", { file }));
  } catch (error) {
    console.error("quayside charts:", error);
    put(state.sorry, say(state.data, "unsaved"));
  }
}

/** Dress a strip to stand alone: its own title, a solid ground, its values by name, the playhead where it is. */
function portrait(state, strip) {
  const { traces, layout } = dressed(state, strip);
  const style = getComputedStyle(state.root);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const { scale, data } = state;
  const width = Math.max(state.width, 640);
  const tall = Math.max(strip.height, 260);
  const titled = scale.title_px * 1.3;
  const range = layout.xaxis.range;
  const now = Math.min(clock.t, data.end);
  const line = (t, tone, wide, dash) => ({ type: "line", xref: "x", yref: "paper", x0: t, x1: t, y0: 0, y1: 1, line: { color: tone, width: wide, dash } });
  const shapes = data.clocked
    ? [...data.marks.filter((mark) => mark.t >= range[0] && (!data.locked || mark.t <= now)).map((mark) => line(mark.t, colour(mark.tone === "lost" ? "lost" : "ink3"), 1.2, mark.tone === "lost" ? "solid" : "2px 3px")), line(now, colour("ink"), 1.6, "solid")]
    : [];
  if (data.locked) shapes.unshift({ type: "rect", xref: "x", yref: "paper", x0: now, x1: range[1], y0: 0, y1: 1, fillcolor: colour("surface"), line: { width: 0 } });
  const gap = scale.label_px * 1.3;
  const values = strip.labels.filter((label) => !label.gone && data.clocked).map((label) => ({ label, y: label.y[index(label.t, now)] })).sort((a, b) => b.y - a.y);
  const plotTall = tall - titled * 2.4 - scale.bottom_px - 16;
  const per = plotTall / (layout.yaxis.range[1] - layout.yaxis.range[0]);
  let above = -Infinity;
  const notes = values.map(({ label, y }) => {
    const pixel = Math.max((layout.yaxis.range[1] - y) * per, above + gap);
    above = pixel;
    return { x: 1, xref: "paper", xanchor: "left", xshift: 8, yref: "paper", y: 1 - pixel / plotTall, yanchor: "middle", showarrow: false,
      text: escaped(label.element.textContent), font: { size: scale.label_px, color: colour(label.tone), weight: 600 } };
  });
  notes.push({ x: 0, xref: "paper", xanchor: "left", y: 1, yref: "paper", yanchor: "bottom", yshift: 10, showarrow: false,
    text: escaped(strip.spec.title + (data.clocked ? ` · ${clockText(now)}` : "") + (data.caption ? ` · ${data.caption}` : "")), font: { size: scale.title_px * 1.1, color: colour("ink"), weight: 620 } });
  Object.assign(layout, { width, height: tall, paper_bgcolor: colour("surface"), plot_bgcolor: colour("surface"), shapes: [...(layout.shapes || []), ...shapes], annotations: [...(layout.annotations || []), ...notes],
    margin: { l: Math.max(strip.margin.l, 46) + 10, r: state.right + 16, t: titled * 2.4, b: scale.bottom_px + 16, pad: 0 } });
  layout.xaxis.showticklabels = true;
  layout.yaxis.showticklabels = true;
  return { data: traces, layout };
}

/** Plotly reads a few HTML tags in its texts: ours have none. */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Put the typeface into the picture: an image has no page to borrow it from. */
async function withFont(url) {
  let svg = decodeURIComponent(url.slice(url.indexOf(",") + 1));
  const face = await fontFace();
  if (face) svg = svg.replace(/(<svg[^>]*>)/, `$1<style>${face}</style>`);
  return svg;
}

async function fontFace() {
  for (const sheet of document.styleSheets) {
    let rules = [];
    try { rules = sheet.cssRules; } catch { continue; } // a sheet from elsewhere keeps its rules to itself
    for (const rule of rules) {
      if (!(rule instanceof CSSFontFaceRule) || !/Quayside Sans/.test(rule.style.getPropertyValue("font-family"))) continue;
      const source = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue("src"))?.[1];
      if (!source) continue;
      try {
        const bytes = new Uint8Array(await (await fetch(new URL(source, sheet.href || document.baseURI))).arrayBuffer());
        let binary = "";
        for (let k = 0; k < bytes.length; k += 8192) binary += String.fromCharCode(...bytes.subarray(k, k + 8192));
        return `@font-face{font-family:"Quayside Sans";font-weight:200 900;src:url(data:font/woff2;base64,${btoa(binary)}) format("woff2")}`;
      } catch { return ""; } // without the face the picture falls back to the next one
    }
  }
  return "";
}

async function raster(svg, strip) {
  const picture = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  picture.src = url;
  await picture.decode();
  const canvas = node("canvas", "", null);
  Object.assign(canvas, { width: picture.naturalWidth * 2, height: picture.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error(`no picture of ${strip.key}`))), "image/png"));
}
