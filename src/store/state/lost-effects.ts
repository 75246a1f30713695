import type { GuardState } from "#guard/model/state.ts";
import { effect, isForeignEffect } from "./schemas.ts";

/**
 * A threshold whose crossing was still to be told or acted on, by a row that cannot be read, is armed, so
 * that it crosses anew: twice rather than never. A row that does not say whose it is may be anyone's.
 */
export function armedAnew<Part extends Pick<GuardState, "fired">>(part: Part, owed: unknown): Part {
  const lost = thresholdsOfLost(owed);
  const left = Object.entries(part.fired).filter(
    ([name, isFired]) => !isFired || (lost !== "unknown" && !lost.includes(name)),
  );
  return { ...part, fired: Object.fromEntries(left) };
}

function thresholdsOfLost(owed: unknown): readonly string[] | "unknown" {
  if (owed === undefined) return [];
  if (!Array.isArray(owed)) return "unknown";
  const names: string[] = [];
  for (const row of owed as readonly unknown[]) {
    if (isForeignEffect(row) || effect.safeParse(row).success) continue;
    const name = crossingOf(row);
    if (name === "unknown") return name;
    if (name !== "none") names.push(name.of);
  }
  return names;
}

function crossingOf(row: unknown): { readonly of: string } | "none" | "unknown" {
  if (typeof row !== "object" || row === null) return "unknown";
  const { kind, event, name, threshold } = row as Readonly<Record<string, unknown>>;
  switch (kind) {
    case "notify":
      // What is said besides is no crossing, and what was said of the damage tells that it is lost.
      if (typeof event === "string" && event !== "trip") return "none";
      return typeof name === "string" ? { of: name } : "unknown";
    case "call-agent":
      return typeof threshold === "string" ? { of: threshold } : "unknown";
    // What ends pods is decided anew at each poll.
    case "end-pod":
    case "end-run":
    case "call-pod-agent":
      return "none";
    default:
      return "unknown";
  }
}
