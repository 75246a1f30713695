import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import { hostname, uptime } from "node:os";
import * as z from "zod";
import { isoOf } from "#store/time-text.ts";

/** Tells a process from all others that ever had its pid; undefined when none has it now. */
export type IdentityOf = (pid: number) => Promise<string | undefined>;

/** Where a pid means something: on one boot of one machine, in one namespace of pids. */
export interface Place {
  readonly host: string;
  /** Of the machine, where it has such a mark. */
  readonly machine?: string | undefined;
  readonly boot?: string | undefined;
  readonly pidNamespace?: string | undefined;
}

/** Who holds a lock. A file of version 0.1 says nothing of where that is, and has no heartbeat. */
export interface Holder {
  readonly pid: number;
  readonly identity: string;
  readonly place: Place | undefined;
  readonly beatAt: string | undefined;
}

/** What is known of a holder: `unknown` of one that lives, or lived, where we cannot look. */
export type Life = "alive" | "dead" | "unknown";

const content = z
  .object({
    pid: z.int().positive(),
    identity: z.string(),
    host: z.string().optional(),
    machine: z.string().optional(),
    boot: z.string().optional(),
    pid_namespace: z.string().optional(),
    beat: z.string().optional(),
  })
  .transform(
    ({ pid, identity, host, machine, boot, pid_namespace: pidNamespace, beat }): Holder => {
      const place = host === undefined ? undefined : { host, machine, boot, pidNamespace };
      return { pid, identity, place, beatAt: beat };
    },
  );

/** The kernel's own namespace of pids has this name on every machine: no container. */
const firstNamespace = "pid:[4026531836]";

/** The same length at every beat, so that it can be written over the last one. */
export function lockText(holder: Omit<Holder, "beatAt">, nowMs: number): string {
  const { pid, identity, place } = holder;
  const { host, machine, boot, pidNamespace: pid_namespace } = place ?? {};
  const beat = isoOf(nowMs);
  return `${JSON.stringify({ pid, identity, host, machine, boot, pid_namespace, beat })}\n`;
}

/** Undefined when the text is not one of our locks: then nobody holds it. */
export function readLock(text: string): Holder | undefined {
  try {
    return content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Where no hard links can be made, a lock is there before all of its text is. */
export function isUnfinished(text: string): boolean {
  return text === "" || ('{"pid":'.startsWith(text.slice(0, 7)) && !text.includes("}"));
}

export async function lifeOf(holder: Holder, here: Place, identityOf: IdentityOf): Promise<Life> {
  const { pid, identity, place } = holder;
  if (place === undefined || isSamePlace(place, here)) {
    return (await identityOf(pid)) === identity ? "alive" : "dead";
  }
  return isBeforeReboot(holder, here) ? "dead" : "unknown";
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.boot === undefined && b.boot === undefined
    ? a.host === b.host
    : a.boot === b.boot && a.pidNamespace === b.pidNamespace;
}

/**
 * The same machine, booted anew: what it last said is older than this boot. In a container nothing says
 * for sure that it is the same machine.
 */
function isBeforeReboot({ place: a, beatAt }: Holder, b: Place): boolean {
  return (
    a?.machine !== undefined &&
    a.machine === b.machine &&
    a.host === b.host &&
    a.boot !== b.boot &&
    [a, b].every(({ pidNamespace }) => pidNamespace === firstNamespace) &&
    Date.parse(beatAt ?? "") < Date.now() - uptime() * 1_000
  );
}

/** Where this process is. Never throws: what cannot be found out is left out. */
export async function placeHere(): Promise<Place> {
  const [boot, machineId, pidNamespace] = await Promise.all(
    [
      fs.readFile("/proc/sys/kernel/random/boot_id", "latin1"),
      fs.readFile("/etc/machine-id", "latin1"),
      fs.readlink("/proc/self/ns/pid"),
    ].map((found) => found.then((text) => text.trim() || undefined).catch(() => undefined)),
  );
  // As it is, the mark of a machine is nobody's business.
  const machine =
    machineId && createHash("sha256").update(`runpodboss ${machineId}`).digest("hex").slice(0, 16);
  return { host: hostname(), machine, boot, pidNamespace };
}
