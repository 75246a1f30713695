const charWidth = 8.4;
const lineHeight = 20;
const margin = 20;
const barHeight = 34;
const fontFamily = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const colors = {
  paper: "#0d1117",
  bar: "#21262d",
  text: "#c9d1d9",
  alarm: "#f0b72f",
  good: "#56d364",
};

/** A terminal with these lines, as plain SVG text: no font, script or picture from elsewhere. */
export function terminalSvg(title: string, lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * charWidth + 2 * margin);
  const height = barHeight + lines.length * lineHeight + margin;
  const dots = ["#ff5f56", "#ffbd2e", "#27c93f"].map(
    (fill, n) => `<circle cx="${margin + n * 20}" cy="${barHeight / 2}" r="6" fill="${fill}"/>`,
  );
  const rows = lines.map((line, n) => {
    const y = barHeight + (n + 1) * lineHeight;
    return `<text x="${margin}" y="${y}" fill="${colorOf(line)}" xml:space="preserve">${escaped(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fontFamily}" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${colors.paper}"/>`,
    `<path d="M0 ${barHeight}V8a8 8 0 0 1 8-8H${width - 8}a8 8 0 0 1 8 8V${barHeight}z" fill="${colors.bar}"/>`,
    ...dots,
    `<text x="${width / 2}" y="${barHeight / 2 + 5}" fill="${colors.text}" text-anchor="middle">${escaped(title)}</text>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

/** The lines that such a picture shows. */
export function linesInSvg(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*xml:space="preserve">(.*)<\/text>/g)].map(([, text = ""]) =>
    text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
}

/** The demo marks what matters with two signs. */
function colorOf(line: string): string {
  if (/^\d\d:\d\d +!!/.test(line)) return colors.alarm;
  return /^\d\d:\d\d +(?:ok|\+\+)/.test(line) ? colors.good : colors.text;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
