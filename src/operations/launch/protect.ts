import { edited } from "#config/editing/edit.ts";
import { settingsIn } from "#config/load.ts";
import { maxConfigBytes } from "#config/paths.ts";
import { parseJsonc, withoutNotes } from "#config/reading/jsonc.ts";
import { cleanName } from "#control-characters.ts";
import { UserError, wordsOf } from "#errors.ts";
import { isAmong } from "#guard/protect.ts";
import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import { agentSessionOf } from "#process/agent-session.ts";
import { identityOf } from "#process/identity.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { readSmallFile } from "#read-file.ts";
import { type Snapshot, savedState } from "#report/snapshot.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { watcherHere, watcherOf } from "#store/lock/pid-lock.ts";
import { withLock } from "#store/lock/with-lock.ts";

export interface ProtectDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly paces: Pick<Paces, "leastPollMs" | "reloadLimitMs">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Has this process read its config again. */
  readonly reload?: (pid: number) => void;
}

/** What was done so that nothing ends a pod of this name. */
export interface Protection {
  /** For people: what was written, and who goes by it. */
  readonly words: string;
  /**
   * Takes out of the config what was put in, as there is no such pod, and tells the daemon. Never throws:
   * resolves to what was done, in words.
   */
  readonly takeBack: () => Promise<string>;
}

type Of = Pick<Snapshot, "settings">;

const everyMs = 200;

/**
 * Writes the name of a pod that is to be started into `protect` of the config, and waits until the daemon has
 * it in force. Throws a UserError where it may not or does not come to that; then the config is as it was, or
 * the error says that it is not.
 */
export async function protectByName(name: string, of: Of, deps: ProtectDeps): Promise<Protection> {
  refuse(name, deps.env);
  const { configPath, protect } = of.settings;
  if (isAmong({ id: name, name, rawName: name }, protect)) {
    return {
      words: `protect in ${configPath} covers ${name} already.`,
      takeBack: async () => "protect in the config is as it was.",
    };
  }
  const written = await change(of, deps, (text, list) => withName(name, text, list));
  const takeBack = async (): Promise<string> => takenBack(name, written, of, deps);
  const reached = await untilInForce(name, of, deps);
  if (reached.kind === "in-force") {
    const words = `${name} was written into protect in ${configPath}, and the daemon (pid ${reached.pid}) has it in force.`;
    return { words, takeBack };
  }
  throw new UserError(
    `${name} is not protected: ${reached.because}. Nothing was started. ${await takeBack()}`,
    {
      hint: "Add it to protect in the config yourself, and reload the daemon; or start it without --protect.",
    },
  );
}

function refuse(name: string, env: NodeJS.ProcessEnv): void {
  if (isCalledByAgent(env) || agentSessionOf(env) !== undefined) {
    throw new UserError(
      "An agent cannot protect a pod: only a person says what nothing may ever stop. Nothing was started.",
      { hint: "Start it without --protect; its lease can be extended." },
    );
  }
  if (name === "" || name !== cleanName(name) || /[*?]/.test(name)) {
    throw new UserError(
      `${JSON.stringify(cleanName(name))} cannot be protected: an exact name has no *, no ? and nothing that cannot be seen.`,
    );
  }
}

interface Written {
  readonly before: string;
  readonly after: string;
}

/** Changes the config while no other command of ours does. Throws a UserError when it was not written. */
async function change(
  { settings: { configPath } }: Of,
  { env, paces }: ProtectDeps,
  alter: (text: string, protect: readonly unknown[] | undefined) => string,
): Promise<Written> {
  try {
    return await withLock(configPath, identityOf, async () => {
      const found = await readSmallFile(configPath, { maxBytes: maxConfigBytes });
      if (found.kind !== "read") throw new Error(found.because);
      const raw = withoutNotes(parseJsonc(found.text, configPath)) as { protect?: unknown };
      const after = alter(found.text, Array.isArray(raw.protect) ? raw.protect : undefined);
      // What is written must be a config: the daemon would go on with the old one.
      await settingsIn({ ...found, text: after }, configPath, env, paces, "gone-without");
      if (after !== found.text) await writeAtomically(configPath, after, found.mode & 0o777);
      return { before: found.text, after };
    });
  } catch (error) {
    throw new UserError(`protect in ${configPath} could not be changed: ${wordsOf(error)}`, {
      ...(error instanceof UserError && error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
}

function withName(name: string, text: string, list: readonly unknown[] | undefined): string {
  const added =
    list === undefined
      ? { path: ["protect"], value: [name] }
      : { path: ["protect", list.length], value: name };
  return edited(text, [added]);
}

async function takenBack(
  name: string,
  { before, after }: Written,
  of: Of,
  deps: ProtectDeps,
): Promise<string> {
  try {
    await change(of, deps, (text, list = []) => {
      if (text === after) return before;
      const at = list.indexOf(name);
      return at === -1 ? text : edited(text, [{ path: ["protect", at], value: undefined }]);
    });
    const told = await tell(of, deps);
    return told === undefined
      ? "protect in the config is as it was."
      : `protect in the config is as it was, and ${told}.`;
  } catch (error) {
    return `It still stands in protect, take it out by hand: ${wordsOf(error)}`;
  }
}

/** Has the daemon read its config again. Never throws: resolves to why it could not be told, in words. */
async function tell(
  { settings }: Of,
  { reload = hangUp }: ProtectDeps,
): Promise<string | undefined> {
  const pid = await watcherHere(settings.stateFile, identityOf);
  if (pid === undefined) return "no daemon runs here that could be told";
  try {
    reload(pid);
    return undefined;
  } catch (error) {
    return `the daemon (pid ${pid}) could not be told: ${wordsOf(error)}`;
  }
}

function hangUp(pid: number): void {
  process.kill(pid, "SIGHUP");
}

type Reached =
  | { readonly kind: "in-force"; readonly pid: number }
  | { readonly kind: "not"; readonly because: string };

async function untilInForce(name: string, of: Of, deps: ProtectDeps): Promise<Reached> {
  const { paces, clock, signal } = deps;
  const { stateFile } = of.settings;
  const because = await tell(of, deps);
  if (because !== undefined) return { kind: "not", because };
  const untilMs = clock.nowMs() + paces.reloadLimitMs;
  for (;;) {
    const pid = await watcherOf(stateFile, identityOf);
    if (pid === undefined) return { kind: "not", because: "the daemon has ended" };
    const { inForce } = (await savedState(stateFile)).saved;
    if (inForce?.pid === pid && inForce.policy.protect.includes(name)) {
      return { kind: "in-force", pid };
    }
    if (signal.aborted) return { kind: "not", because: "interrupted" };
    if (clock.nowMs() >= untilMs) {
      const words = `the daemon (pid ${pid}) did not have it in force within ${paces.reloadLimitMs / 1_000} s; its log says why`;
      return { kind: "not", because: words };
    }
    await clock.sleepUntil(Math.min(untilMs, clock.nowMs() + everyMs), signal);
  }
}
