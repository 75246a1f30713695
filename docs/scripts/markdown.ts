/** One row of a Markdown table. What stands in a cell must hold no line break. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}

export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [row(headings), row(headings.map(() => "---")), ...rows.map(row)];
}

export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** The text under a heading of any level, up to the next heading of its level or above. */
export function sectionOf(markdown: string, heading: string): string {
  const lines = markdown.split("\n");
  const levels = levelsOf(lines);
  const start = lines.findIndex(
    (line, n) => levels[n] !== 0 && line.replace(/^#+ /, "") === heading,
  );
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const level = levels[start] ?? 0;
  const end = levels.findIndex((each, n) => n > start && each > 0 && each <= level);
  return lines.slice(start + 1, end < 0 ? undefined : end).join("\n");
}

/** The level of the heading that each line is; 0 where it is none, as in a block of code. */
function levelsOf(lines: readonly string[]): readonly number[] {
  let isCode = false;
  return lines.map((line) => {
    if (line.startsWith("```")) isCode = !isCode;
    return isCode ? 0 : (/^(#{1,6}) /.exec(line)?.[1]?.length ?? 0);
  });
}

/** The cells of the first table in a text, without its heading, and as they are written. */
export function rowsOf(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const rest = lines.slice(Math.max(0, start));
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(2, end < 0 ? undefined : end).map((line) =>
    line
      .replace(/^\| */, "")
      .replace(/ *\|$/, "")
      .split(/ *(?<!\\)\| */)
      .map((cell) => cell.replaceAll(String.raw`\|`, "|")),
  );
}
