import { styleText } from "node:util";
import { withoutHidden } from "#control-characters.ts";
import { hourMs } from "#guard/model/time.ts";
import { localTime } from "./local-time.ts";
import { type LogFields, logSentence, statusParts } from "./log-sentences.ts";
import { cutTo, widthOf } from "./text-width.ts";

export interface PeopleLogOptions {
  /** Asked for at each line, as a window may change. */
  readonly columns: () => number | undefined;
  /** Whether the last line can be rewritten; else it comes once an hour. */
  readonly canRewrite: boolean;
  readonly colors: boolean;
}

/** A line of JSON from the log in, text for a terminal out. */
export interface PeopleLog {
  readonly of: (jsonLine: string) => string;
  readonly last: () => string;
}

type Style = "dim" | "yellow" | "red" | "bold";

const clearLine = "\r\u001b[K";
const indent = " ".repeat("13:47:05  ".length);
const quote = "| ";
const mostTailLines = 5;
const narrowest = 20;
const usual = 80;
const styles: Readonly<Record<string, Style | undefined>> = { warn: "yellow", error: "red" };

/**
 * The log as people read it: what happens as sentences with the time on their wall, and below them
 * one line that says what the last poll saw, rewritten in its place.
 */
export function createPeopleLog({ columns, canRewrite, colors }: PeopleLogOptions): PeopleLog {
  let status = "";
  let date = "";
  let toldAtMs = -Infinity;
  /** Why polls fail, in a row, and how often. */
  let failing = { because: "", times: 0 };

  const paint = (style: Style | undefined, text: string): string =>
    colors && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  const width = (): number => Math.max(narrowest, columns() || usual);

  function event(fields: LogFields, sentence: string): string {
    const [day = "", time = ""] = localTime(timeOf(fields)).split(" ");
    const heading = day === date ? "" : `${paint("bold", day)}\n`;
    date = day;
    const style = styles[String(fields["level"])];
    const room = width() - indent.length;
    const quotes = quoted(fields).flatMap((line) => wrapped(line, room - quote.length));
    const lines = [...wrapped(sentence, room), ...quotes.map((line) => `${quote}${line}`)];
    const text = lines
      .map((line, n) => `${n === 0 ? `${paint("dim", time)}  ` : indent}${paint(style, line)}\n`)
      .join("");
    return `${heading}${text}`;
  }

  function show(parts: readonly string[], fields: LogFields): string {
    const atMs = timeOf(fields);
    if (!canRewrite) {
      if (atMs - toldAtMs < hourMs) return "";
      toldAtMs = atMs;
      return event(fields, parts.join(", "));
    }
    const time = localTime(atMs).split(" ")[1] ?? "";
    // A line that is full would wrap, and could not be rewritten.
    status = `${paint("dim", time)}  ${fitting(parts, width() - indent.length - 1)}`;
    return clearLine + status;
  }

  function above(text: string): string {
    return status === "" ? text : `${clearLine}${text}${status}`;
  }

  function of(jsonLine: string): string {
    const { msg, ...fields } = JSON.parse(withoutHidden(jsonLine)) as LogFields;
    if (msg === "polled") {
      failing = { because: "", times: 0 };
      return show(statusParts(fields), fields);
    }
    if (msg === "poll failed; nothing decided") {
      const because = String(fields["because"]);
      const isSame = because === failing.because;
      failing = { because, times: isSame ? failing.times + 1 : 1 };
      if (isSame) return show([`Poll failed ${failing.times} times in a row`, because], fields);
    }
    // That it was told says enough: many a command prints the notice itself.
    const shown = msg === "notify command done" ? { ...fields, tail: undefined } : fields;
    const text = event(shown, logSentence(String(msg), factsOf(fields)));
    if (msg !== "daemon stopped") return above(text);
    // What it saw last is no longer so.
    const cleared = status === "" ? text : `${clearLine}${text}`;
    status = "";
    return cleared;
  }

  return {
    // A line that cannot be read is shown as it is.
    of(jsonLine) {
      try {
        return of(jsonLine);
      } catch {
        return jsonLine;
      }
    },
    last() {
      const end = status === "" ? "" : "\n";
      status = "";
      return end;
    },
  };
}

function timeOf({ time }: LogFields): number {
  return Date.parse(String(time));
}

function factsOf({ level: _level, time: _time, ...facts }: LogFields): LogFields {
  return facts;
}

/** As many parts as fit; the least important are at the end. */
function fitting(parts: readonly string[], columns: number): string {
  for (let kept = parts.length; kept > 1; kept -= 1) {
    const line = parts.slice(0, kept).join(", ") + (kept < parts.length ? ", …" : "");
    if (widthOf(line) <= columns) return line;
  }
  return cutTo(columns, parts[0] ?? "");
}

/** The end of what a program said, or where a bug is. */
function quoted({ tail, stack }: LogFields): readonly string[] {
  if (typeof stack === "string") return stack.split("\n");
  if (typeof tail !== "string") return [];
  return tail
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-mostTailLines);
}

/** Broken at spaces, and at line ends. */
function wrapped(text: string, columns: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (line !== "" && widthOf(longer) > columns) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}
