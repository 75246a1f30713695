import type { Pod } from "./model.ts";
import { fixed, plain } from "./money.ts";

/** What a template can name. */
export interface Values {
  readonly balanceUsd: number;
  readonly belowUsd: number;
  readonly name: string;
  readonly podsJson: string;
}

export interface Rendered {
  readonly text: string;
  /** How many placeholders were filled in. */
  readonly filled: number;
  /** What looks like a placeholder and is none; it stands in the text as written. */
  readonly unknown: readonly string[];
}

/** A doubled brace, what looks like a placeholder, a single brace, a run of closing ones. */
const token = /\{\{|\{[A-Za-z_][A-Za-z0-9_.]*(?::[^{}\s]*)?\}|\{|\}+/g;

/**
 * Fills `{balance}`, `{balance:.2f}`, `{below_usd}`, `{name}` and `{pods_json}`; `{{` and the `}}`
 * that closes it are literal braces. Everything else, JSON and unknown placeholders included, stays
 * as written. Never throws, and never looks for placeholders in what it has filled in.
 */
export function render(template: string, values: Values): Rendered {
  const unknown: string[] = [];
  const open: Brace[] = [];
  let filled = 0;
  const text = template.replace(token, (found) => {
    if (found === "{{" || found === "{") {
      open.push(found);
      return "{";
    }
    if (found.startsWith("}")) return close(open, found.length);
    const value = valueOf(found, values);
    if (value === undefined) unknown.push(found);
    else filled += 1;
    return value ?? found;
  });
  return { text, filled, unknown };
}

/** An open brace: `{{` is closed by `}}`, a plain `{` by one `}`, as in JSON. */
type Brace = "{{" | "{";

/** What a run of `count` closing braces becomes. */
function close(open: Brace[], count: number): string {
  let text = "";
  for (let left = count; left > 0; text += "}") {
    left -= open.at(-1) === "{" || left === 1 ? 1 : 2;
    open.pop();
  }
  return text;
}

function valueOf(placeholder: string, values: Values): string | undefined {
  const [name, format] = placeholder.slice(1, -1).split(":");
  switch (name) {
    case "balance":
      return formatted(values.balanceUsd, format);
    case "below_usd":
      return formatted(values.belowUsd, format);
    case "name":
      return format === undefined ? values.name : undefined;
    case "pods_json":
      return format === undefined ? values.podsJson : undefined;
    default:
      return undefined;
  }
}

function formatted(value: number, format: string | undefined): string | undefined {
  if (format === undefined) return plain(value);
  const digits = /^\.(\d{1,3})f$/.exec(format)?.[1];
  return digits === undefined ? undefined : fixed(value, Number(digits));
}

/**
 * The argv of a notify command. Arguments with placeholders are filled in; if none has one, the
 * threshold's name and the balance are appended.
 */
export function renderNotify(command: readonly string[], values: Values): readonly string[] {
  const rendered = command.map((argument) => render(argument, values));
  const argv = rendered.map(({ text }) => text);
  return rendered.some(({ filled }) => filled > 0)
    ? argv
    : [...argv, values.name, fixed(values.balanceUsd, 4)];
}

/**
 * Every pod, as JSON for an agent to read. Unknown pods are `null`, never an empty list. `@` is
 * escaped: an agent may take `@path` for a file to read.
 */
export function podsJson(pods: readonly Pod[] | "unknown"): string {
  const rows =
    pods === "unknown"
      ? null
      : pods.map(({ id, name, costPerHrUsd, status }) => ({
          id,
          name,
          cost_per_hr_usd: costPerHrUsd ?? null,
          status,
        }));
  return JSON.stringify(rows, null, 2).replaceAll("@", String.raw`\u0040`);
}
