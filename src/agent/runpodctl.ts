import { GivenUp, withinLimit } from "#within-limit.ts";
import type { Clock, Ran, Runner } from "#ports.ts";
import { programAt } from "#process/on-path.ts";
import { isBefore, type Version, versionSaid, versionWords } from "./version.ts";

/** What is known of the runpodctl that an agent would find. */
export type Runpodctl =
  | { readonly kind: "found"; readonly version: Version }
  | { readonly kind: "missing" }
  /** It may be there: what it understands is not known. */
  | { readonly kind: "unknown"; readonly because: string };

export interface AskDeps {
  /** Gives what it starts no secret, and none back. */
  readonly runner: Runner;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tests hand in a disk that hangs. */
  readonly find?: typeof programAt;
}

/** Long enough for a cold start on a small machine, short enough for whoever waits. */
const timeLimitMs = 15_000;
const pathLimitMs = 5_000;
const mostBytes = 64 * 1_024;

/** Asks runpodctl which one it is. Never throws; takes no longer than its limits. */
export async function askRunpodctl(
  { runner, clock, env, find = programAt }: AskDeps,
  signal: AbortSignal,
): Promise<Runpodctl> {
  try {
    const where = find("runpodctl", env["PATH"]);
    if ((await withinLimit(where, pathLimitMs, clock, signal)) === undefined) {
      return { kind: "missing" };
    }
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    return unknown(`it was not found on PATH in time (${error.message})`);
  }
  const argv = ["runpodctl", "version"];
  return read(await runner.run({ argv, timeLimitMs, keepStdoutBytes: mostBytes }, signal));
}

function read(ran: Ran): Runpodctl {
  if (ran.kind !== "exited" || ran.code !== 0) return unknown(`runpodctl version ${failed(ran)}`);
  if (ran.stdout === undefined) return unknown("runpodctl version printed too much");
  // Some print it as they print what went wrong.
  const version = versionSaid("runpodctl", ran.stdout.trim() === "" ? ran.tail : ran.stdout);
  if (version === undefined) {
    return unknown(`runpodctl version named none that can be read: ${short(ran.tail)}`);
  }
  return generationOf(version) === undefined
    ? unknown(`nothing here knows how version ${versionWords(version)} is used`)
    : { kind: "found", version };
}

function unknown(because: string): Runpodctl {
  return { kind: "unknown", because };
}

/** `2.15.0`, `missing`, `unknown: …`. */
export function runpodctlWords(runpodctl: Runpodctl): string {
  switch (runpodctl.kind) {
    case "found":
      return versionWords(runpodctl.version);
    case "missing":
      return "missing";
    case "unknown":
      return `unknown: ${runpodctl.because}`;
  }
}

/** Which of the two vocabularies it speaks; undefined for one that nobody has seen. */
export function generationOf([major]: Version): 1 | 2 | undefined {
  if (major < 2) return 1;
  return major === 2 ? 2 : undefined;
}

/** Up to this one it lists and deletes pods by REST v1. */
const lastOnRestV1: Version = [2, 14, 0];
const restV1Ends = { atMs: Date.UTC(2026, 11, 1), words: "1 December 2026" };

/** What ends, or has ended, with RunPod's REST API v1; undefined for one that does without. */
export function restV1Words(version: Version, nowMs: number): string | undefined {
  if (isBefore(lastOnRestV1, version)) return undefined;
  const what =
    generationOf(version) === 1
      ? `version ${versionWords(version)} uses RunPod's REST API v1, and`
      : `pod list and pod delete of version ${versionWords(version)} use RunPod's REST API v1, and`;
  const ends = nowMs < restV1Ends.atMs ? "will stop working" : "stopped working";
  return `${what} ${ends} on ${restV1Ends.words}; install one newer than ${versionWords(lastOnRestV1)}`;
}

/** How a program ended that should have answered, in words. */
function failed(ran: Ran): string {
  switch (ran.kind) {
    case "exited":
      return ran.code === 0
        ? short(ran.tail)
        : `failed with exit ${ran.code}: ${short(ran.tail) || "it said nothing"}`;
    case "signalled":
      return `was ended by ${ran.by}`;
    case "timed-out":
      return `took longer than ${timeLimitMs / 1_000} s`;
    case "interrupted":
      return "was interrupted";
    case "not-started":
      return `did not start: ${ran.because}`;
  }
}

const mostWords = 120;

function short(words: string): string {
  const line = words.trim().replaceAll(/\s+/g, " ");
  return line.length > mostWords ? `${line.slice(0, mostWords)}…` : line;
}
