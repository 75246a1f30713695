import type { StartedBy } from "#guard/model/launch.ts";
import type { LeaseBook, PodRun, StartedFacts } from "#guard/model/run.ts";
import { launchesOf } from "./launched.ts";

/** Who started a pod, as far as this machine knows. */
export type Origin =
  | {
      readonly kind: "ours";
      readonly by: StartedBy;
      /** It was started past this program. */
      readonly isAdopted: boolean;
    }
  /** With this program, and this book does not know it: on another machine. */
  | { readonly kind: "ours-elsewhere" }
  | { readonly kind: "elsewhere" }
  /** The book cannot be read. */
  | { readonly kind: "unknown" };

/** What of a pod tells who started it. */
export interface Marked {
  readonly id: string;
  readonly name: string;
  /** What this program puts into the environment of its pods, where RunPod shows it. */
  readonly stamp?: string | undefined;
}

/** How the name of each pod ends that was started with this program. */
const mark = /-rb[a-z2-7]{8}$/;
const mostLetters = 64;
const mostOfSession = 8;

export function originOf(pod: Marked, book: LeaseBook | "unknown" | undefined): Origin {
  if (book === undefined || book === "unknown") return { kind: "unknown" };
  // Who made it, before who took it in.
  const [first] = launchesOf(pod, book).toSorted(
    (a, b) => Number(a.isAdopted === true) - Number(b.isAdopted === true) || a.atMs - b.atMs,
  );
  if (first === undefined) return { kind: isMarked(pod) ? "ours-elsewhere" : "elsewhere" };
  return { kind: "ours", by: cleaned(first.by), isAdopted: first.isAdopted === true };
}

export function originOfRun(
  { podId: id, name }: Pick<PodRun, "podId" | "name">,
  book: LeaseBook | "unknown" | undefined,
): Origin {
  return originOf({ id, name }, book);
}

/** Whether it was started with this program, here or elsewhere, by what the pod itself shows. */
export function isMarked({ name, stamp = "" }: Marked): boolean {
  return stamp !== "" || mark.test(name);
}

/** `started by an agent (claude-code, session 4f2a91c0…) on box`; undefined: nobody knows. */
export function startedWords(origin: Origin): string | undefined {
  switch (origin.kind) {
    case "ours": {
      const past = origin.isAdopted ? " past runpodboss" : "";
      return `started by ${whoWords(origin.by)} on ${origin.by.host || "a machine without a name"}${past}`;
    }
    case "ours-elsewhere":
      return "started with runpodboss on another machine";
    case "elsewhere":
      return "started elsewhere";
    case "unknown":
      return undefined;
  }
}

/** The same as a value to be kept and shown; undefined: nobody knows. */
export function startedFacts(origin: Origin): StartedFacts | undefined {
  switch (origin.kind) {
    case "ours":
      return origin.by;
    case "ours-elsewhere":
      return { kind: "runpodboss-elsewhere" };
    case "elsewhere":
      return { kind: "elsewhere" };
    case "unknown":
      return undefined;
  }
}

/** `a person`, `an agent (claude-code, session 4f2a91c0…)`. */
export function whoWords({ kind, agent = "", session = "" }: StartedBy): string {
  if (kind === "person") return "a person";
  const about = [agent, session === "" ? "" : `session ${shortened(session)}`].filter(
    (each) => each !== "",
  );
  return about.length === 0 ? "an agent" : `an agent (${about.join(", ")})`;
}

function shortened(session: string): string {
  const letters = Array.from(session);
  return letters.length <= mostOfSession + 1
    ? session
    : `${letters.slice(0, mostOfSession).join("")}…`;
}

/** It comes from a file: nothing hidden, on one line, and not without end. */
export function cleaned({ kind, agent, session, host }: StartedBy): StartedBy {
  return {
    kind,
    ...(agent !== undefined && { agent: line(agent) }),
    ...(session !== undefined && { session: line(session) }),
    host: line(host),
  };
}

function line(text: string): string {
  const seen = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, "");
  return Array.from(seen.replaceAll(/\s+/gu, " ").trim()).slice(0, mostLetters).join("");
}
