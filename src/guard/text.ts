import { minuteMs } from "#guard/model/time.ts";
import type { Pod } from "#guard/model/account.ts";
import type { Notify, Remedy } from "#guard/model/effect.ts";

/** As many decimals as JavaScript writes; every amount of money is exact well within them. */
const mostDigits = 100;

/**
 * A number with `digits` decimals as Python's `.Nf` writes it: correctly rounded, an exact half to
 * the even digit.
 */
export function fixed(value: number, digits: number): string {
  const size = Math.abs(value);
  if (!(size < 1e21)) return String(value);
  const sign = value < 0 ? "-" : "";
  // An exact half is a multiple of a power of two; nothing else needs the long way.
  if (digits <= mostDigits && !Number.isInteger(size * 2 ** (digits + 1))) {
    return sign + size.toFixed(digits);
  }
  const exact = size.toFixed(mostDigits);
  const end = exact.indexOf(".") + 1 + digits;
  const cut = exact.slice(0, end).replace(/\.$/, "");
  const isHalf = /^50*$/.test(exact.slice(end));
  if (isHalf && /[02468]$/.test(cut)) return sign + cut;
  return (
    sign + size.toFixed(Math.min(digits, mostDigits)) + "0".repeat(Math.max(0, digits - mostDigits))
  );
}

/** A number as Python prints a float: `4.0`, `9.8234`. */
export function plain(value: number): string {
  return Number.isInteger(value) ? fixed(value, 1) : String(value);
}

/** Money in sentences: `$9.19`; below a cent `$0.0042`, as `$0.00` would say nothing; a debt is `-$0.10`. */
export function usd(value: number): string {
  const size = Math.abs(value);
  const digits = size < 0.01 && size >= 0.00005 ? 4 : 2;
  return `${value < 0 ? "-" : ""}$${fixed(size, digits)}`;
}

/** A number for a log or for JSON that people read too: four decimals at most. */
export function rounded(value: number): number {
  return Number(fixed(value, 4));
}

/**
 * A balance beside the threshold it is compared with: one that is below it never has its words, if
 * need be by a cent less, and below a dollar by two decimals more.
 */
export function usdBeside(value: number, other: number): string {
  if (!(value < other) || usd(value) !== usd(other)) return usd(value);
  if (Math.abs(other) >= 1) return usd(Number(fixed(other, 2)) - 0.01);
  return `$${fixed(Math.floor(value * 10_000) / 10_000, 4)}`;
}

type Said = Pick<Notify, "event" | "name" | "because" | "remedy">;

/** One line: `warning: balance $9.82 is below $10.00`. */
export function messageWords({ event, name, because, remedy }: Said): string {
  const told = withRemedy(because, remedy);
  // Only the brief has lines of its own.
  const line = event === "brief" ? told.replaceAll("\n", ". ") : told;
  return `${event === "sighted" ? "no longer blind" : name}: ${line}`;
}

/** What happened, and what to type against it. */
export function withRemedy(because: string, remedy: Remedy | undefined): string {
  return remedy === undefined ? because : `${because}. ${remedyWords(remedy)}`;
}

/** `To keep it: runpodboss touch p1`. */
function remedyWords({ words, command }: Remedy): string {
  return command === undefined ? words : `${words}: ${command}`;
}

/** A burn or a price: `$6.65/h`. */
export function perHour(value: number): string {
  return `${usd(value)}/h`;
}

/** `30`, `0.5`: a number of hours or minutes as it was typed. */
export function plainNumber(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** `7 min`, `2 h 15 min`. */
export function spanWords(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}

interface Listed {
  readonly podId: string;
  readonly name: string;
  readonly isCluster?: boolean | undefined;
}

/**
 * `pod trainer (p1)`, `pods trainer (p1), sdxl (p2) and 3 more`: at most five, to fit a notification. A
 * cluster is told as such, the pods first: `pod trainer (p1), cluster llama (c1)`.
 */
export function listedPods(found: readonly Listed[]): string {
  const clusters = found.filter(({ isCluster }) => isCluster === true);
  const pods = found.filter((each) => !clusters.includes(each));
  const most = 5;
  const groups = [
    ["pod", pods.slice(0, most), pods.length] as const,
    ["cluster", clusters.slice(0, Math.max(0, most - pods.length)), clusters.length] as const,
  ];
  const words = groups.flatMap(([noun, named, count]) => {
    const plural = count === 1 ? noun : `${noun}s`;
    const each = named.map(({ podId: id, name }) => podWords({ id, name }));
    return each.length === 0 ? [] : [`${plural} ${each.join(", ")}`];
  });
  const more = found.length > most ? ` and ${found.length - most} more` : "";
  return `${words.join(", ")}${more}`;
}

/** `pod trainer (p1)`, `cluster llama (c1)`. */
export function rowWords(row: Pick<Pod, "id" | "name" | "cluster">): string {
  return `${row.cluster === undefined ? "pod" : "cluster"} ${podWords(row)}`;
}

/** The same at the start of a sentence. */
export function rowTitle(row: Pick<Pod, "id" | "name" | "cluster">): string {
  return `${row.cluster === undefined ? "Pod" : "Cluster"} ${podWords(row)}`;
}

/** `cluster llama (c1), 4 pods, $8.00/h`. */
export function clusterWords(row: Pick<Pod, "id" | "name" | "cluster" | "costPerHrUsd">): string {
  const { cluster, costPerHrUsd } = row;
  const count = cluster?.members.length ?? 0;
  const cost = costPerHrUsd === undefined ? "its cost is unknown" : perHour(costPerHrUsd);
  return `cluster ${podWords(row)}, ${count} ${count === 1 ? "pod" : "pods"}, ${cost}`;
}

/**
 * `trainer (p1)`; a pod without a name of its own is its id alone. Names are other people's text: one that
 * is not plain stands in quotes, so that it cannot pass for words of ours.
 */
export function podWords({ id, name }: Pick<Pod, "id" | "name">): string {
  const shownId = isPlainId(id) ? id : quoted(id);
  if (name === "" || name === id) return shownId;
  return `${plainName.test(name) ? name : quoted(name)} (${shownId})`;
}

const plainName = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._+#:/-]*[\p{L}\p{M}\p{N}._+#:/-])?$/u;

/** Whether an id can stand in a rule or a command line, where it must neither end a word nor be an option. */
export function isPlainId(id: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(id);
}

/** As JSON, without what an agent takes for a file to read (`@path`) or for code. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("@", "\\u0040").replaceAll("`", "\\u0060");
}
