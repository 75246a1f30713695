import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { type Guard, type GuardOptions, guardWith, hasPolled, type Json } from "./guard.ts";

export const recorded = (path: string): Json =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../hook/payloads", path), "utf8")) as Json;

interface Surroundings {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** How a shell starts the program, its arguments. */
  readonly script?: string;
}

/** Hands the hook a payload, and gives what it answers. */
export async function hook(guard: Guard, payload: unknown, ...args: readonly string[]) {
  return hookIn(guard, payload, { args });
}

/** The same in other surroundings. */
export async function hookIn(guard: Guard, payload: unknown, how: Surroundings) {
  const { args = [], env, script = '"$@" < payload.json' } = how;
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  guard.write("payload.json", text);
  const program = args.length === 0 ? guard.argv("hook") : args;
  const { ended } = guard.run("/bin/sh", ["-c", script, "sh", ...program], env);
  const { by, stdout, stderr } = await ended;
  return { by, stderr, answer: stdout === "" ? undefined : (JSON.parse(stdout) as Json) };
}

export const before = (command: string): Json => ({
  ...recorded("claude-code/pre-tool-use-bash.json"),
  tool_input: { command },
});

export const create = "runpodctl pod create --name trainer --gpu-id 'NVIDIA L4' --image x/y";

export const reasonIn = (answer: Json | undefined): unknown =>
  (answer?.["hookSpecificOutput"] as Json | undefined)?.["permissionDecisionReason"];

export const guards = { lease: { default_hours: 2, max_hours: 8, action: "stop" } };
const launch = {
  max_price_per_hr: 5,
  max_hours: 24,
  max_running: 4,
  max_starts_per_hour: 6,
};
export const hourMs = 3_600_000;
export const session = "00000000-0000-4000-8000-000000000001";

/** A launch of the session that the recorded payloads are of, or of another. */
export const launched = (more: Partial<Launch>): Launch => ({
  id: "abcdefg2",
  name: "trainer-rbabcdefg2",
  atMs: Date.now() - 60_000,
  endsAtMs: Date.now() + hourMs,
  by: { kind: "agent", agent: "claude-code", session, host: "a-machine" },
  ...more,
});

export const book = ({ folder }: Guard) => createLeaseFile(join(folder, "leases.json"), identityOf);

export async function writeLaunch(guard: Guard, more: Partial<Launch> = {}): Promise<void> {
  await book(guard).change((before) => ({ ...before, launches: { x: launched(more) } }));
}

/** A guard whose daemon has polled. */
export async function watched(test: TestContext, options: GuardOptions = {}): Promise<Guard> {
  const guard = await guardWith(test, { nowMs: Date.now, config: { guards, launch }, ...options });
  guard.watch();
  await hasPolled(guard);
  return guard;
}

export const contextIn = (answer: Json | undefined): unknown =>
  (answer?.["hookSpecificOutput"] as Json | undefined)?.["additionalContext"];
