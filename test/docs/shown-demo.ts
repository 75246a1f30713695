import { readFileSync } from "node:fs";
import { linesInSvg } from "../../docs/scripts/terminal-svg.ts";
import { sectionOf } from "../../docs/scripts/markdown.ts";
import { blocksOf, textOf } from "./documents.ts";

/**
 * What the documents show of the demo and this demo has not printed; times and amounts differ from
 * run to run. A line that is too long for the picture is shown in pieces.
 */
export function shownButNotPrinted(printed: string): readonly string[] {
  const [excerpt = ""] = blocksOf(textOf("README.md"), "text");
  return notIn(printed, [
    ...excerpt.split("\n"),
    ...linesInSvg(readFileSync("docs/demo.svg", "utf8")),
    ...messages().filter((message) => !message.startsWith("idle:")),
  ]);
}

/** The same of two nights of the demo. */
export function shownButNotPrintedAtNight(printed: string): readonly string[] {
  return notIn(
    printed,
    messages().filter((message) => message.startsWith("idle:")),
  );
}

/** The examples of what a notify command is given. */
function messages(): readonly string[] {
  const section = sectionOf(textOf("docs/notifications.md"), "What the messages say");
  return blocksOf(section, "text").flatMap((block) => block.trimEnd().split("\n"));
}

function notIn(printed: string, shown: readonly string[]): readonly string[] {
  const lines = comparable(printed);
  return shown.filter((line) => line.trim() !== "..." && !lines.includes(comparable(line).trim()));
}

function comparable(text: string): string {
  return text.replaceAll(/\d+/g, "0").replaceAll(/ +/g, " ");
}
