import type { ClusterMember, Pod } from "#guard/model/account.ts";
import { whyKeptAlone } from "#guard/account/may-end.ts";
import { hoursLeft } from "#guard/account/lines/line.ts";
import { fixed, isPlainId, plain, quoted, rounded } from "#guard/text.ts";

/** What a template can name. */
export interface Values {
  /** Unknown is written as the word. */
  readonly balanceUsd: number | undefined;
  readonly belowUsd: number | undefined;
  readonly belowHours?: number | undefined;
  /** With the balance it tells how long that lasts. */
  readonly burnPerHrUsd?: number | undefined;
  readonly name: string;
  readonly podsJson: string;
  /** Only notices have one. */
  readonly message?: string;
  /** Only what is about a single pod has these. */
  readonly podId?: string;
  readonly podName?: string;
  /** Why one of its guards is at it. */
  readonly reason?: string;
  /** What an agent types, only in prompts: to look, to stop a pod, to delete one. */
  readonly lookCommand?: string;
  readonly stopCommand?: string;
  readonly terminateCommand?: string;
  /** For what an agent reads: names, and ids that are not plain, stand in quotes as JSON writes them. */
  readonly quotesNames?: boolean;
  /** For an argument of a program: what others wrote stands in quotes where it could begin as an option or a file. */
  readonly isArgument?: boolean;
}

/** Values for what only asks which placeholders there are. */
export const someCommands = { lookCommand: "", stopCommand: "", terminateCommand: "" } as const;

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
 * Fills `{balance}`, `{balance:.2f}`, `{below_usd}`, `{below_hours}`, `{burn}`, `{hours_left}`, `{name}`, `{pods_json}` and, where there is a
 * value for them, `{message}`, `{pod_id}`, `{pod_name}` and `{reason}`; with `_json` at its end the pod's name or
 * the message is a JSON string with its quotes. `{{` and the `}}` that closes it are literal braces. Everything else, JSON and unknown placeholders included, stays as written.
 * Never throws, and never looks for placeholders in what it has filled in.
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
    case "below_hours":
      return formatted(values.belowHours, format);
    case "burn":
      return formatted(short(values.burnPerHrUsd), format);
    case "hours_left":
      return hoursLeftIn(values) === Infinity
        ? unlimited
        : formatted(short(hoursLeftIn(values)), format);
    default:
      return format === undefined ? wordsFor(name, values) : undefined;
  }
}

/** What lasts as long as nothing burns. */
const unlimited = "unlimited";

/** How long the balance lasts; Infinity when nothing burns, undefined when one of the two is unknown. */
function hoursLeftIn({ balanceUsd, burnPerHrUsd }: Values): number | undefined {
  return balanceUsd === undefined ? undefined : hoursLeft({ balanceUsd, burnPerHrUsd });
}

/** For programs: four decimals, `unlimited` or `unknown`. */
export function hoursLeftWords(values: Values): string {
  const hours = hoursLeftIn(values);
  if (hours === undefined) return "unknown";
  return hours === Infinity ? unlimited : fixed(hours, 4);
}

/** It is reckoned, and has more decimals than say anything. */
function short(value: number | undefined): number | undefined {
  return value === undefined ? undefined : rounded(value);
}

function wordsFor(name: string | undefined, values: Values): string | undefined {
  const { podId, podName, message } = values;
  switch (name) {
    case "name":
      return written(values.name, values);
    case "pods_json":
      return values.podsJson;
    case "message":
      return message && written(message, values);
    case "message_json":
      return message === undefined ? undefined : quoted(message);
    case "pod_id":
      return podId && writtenId(podId, values);
    case "pod_name":
      return podName !== undefined && values.quotesNames === true
        ? quoted(podName)
        : podName && written(podName, values);
    case "pod_name_json":
      return podName === undefined ? undefined : quoted(podName);
    case "reason":
      return values.reason;
    case "look_command":
      return values.lookCommand;
    case "stop_command":
      return values.stopCommand;
    case "terminate_command":
      return values.terminateCommand;
    default:
      return undefined;
  }
}

/**
 * A program may take what begins with `-` for an option, and with `@` or `<` for a file to send. Known
 * beginnings of plain words stay; anything else stands in quotes, as in messages.
 */
function written(text: string, { isArgument = false }: Values): string {
  return !isArgument || /^(?:[\p{L}\p{N}_([#]|$)/u.test(text) ? text : quoted(text);
}

function writtenId(id: string, { isArgument = false, quotesNames = false }: Values): string {
  return (isArgument || quotesNames) && !isPlainId(id) ? quoted(id) : id;
}

function formatted(value: number | undefined, format: string | undefined): string | undefined {
  if (value === undefined) return "unknown";
  if (format === undefined) return plain(value);
  const digits = /^\.(\d{1,3})f$/.exec(format)?.[1];
  return digits === undefined ? undefined : fixed(value, Number(digits));
}

/**
 * Every pod, as JSON for an agent to read. Unknown pods are `null`, never an empty list. `@` and
 * backticks are escaped: an agent may take `@path` for a file to read. What is left out is said in `note`.
 */
export function podsJson(
  pods: readonly Pod[] | "unknown",
  protect: readonly string[],
  note?: string,
): string {
  const rows = pods === "unknown" ? null : pods.map((pod) => rowOf(pod, protect));
  const all = note === undefined ? rows : [...(rows ?? []), { note }];
  return JSON.stringify(all, null, 2)
    .replaceAll("@", String.raw`\u0040`)
    .replaceAll("`", String.raw`\u0060`);
}

function rowOf(pod: Pod, protect: readonly string[]): object {
  const { id, rawName, costPerHrUsd, word } = pod;
  const name = rawName === undefined ? null : pod.name;
  const row = {
    id,
    name,
    cost_per_hr_usd: costPerHrUsd ?? null,
    status: word ?? null,
    ...(pod.cluster !== undefined && { cluster: pod.cluster.members.map(memberOf) }),
  };
  const kept = whyKeptAlone(pod, protect);
  if (kept === undefined) return row;
  if (kept.is === "cluster") {
    return {
      ...row,
      protected: true,
      instruction: `${handsOffCluster} The reason: ${kept.because}.`,
    };
  }
  const isUnknown = kept.is === "unknown";
  return {
    ...row,
    protected: isUnknown ? null : true,
    instruction: isUnknown ? `${handsOff} The reason: ${kept.because}.` : handsOff,
  };
}

function memberOf({ id, name, costPerHrUsd, word }: ClusterMember): object {
  return { id, name, cost_per_hr_usd: costPerHrUsd ?? null, status: word ?? null };
}

const handsOffCluster =
  "Leave this cluster and the pods in it alone: never stop or delete it or any of them.";
const handsOff = "Leave this pod alone: never stop or delete it.";
