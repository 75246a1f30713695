import { join } from "node:path";
import type { GuardState } from "#guard/model/state.ts";
import { createStateFile, type StateTrouble } from "#store/state-file.ts";
import {
  durableText,
  joined,
  learnedText,
  noForeign,
  readDurable,
  readLearned,
} from "#store/state/text.ts";

/** Puts a state where the daemon of this folder would have saved it. */
export async function saveState(folder: string, state: GuardState): Promise<void> {
  const store = createStateFile(join(folder, "state.json"), {
    nowMs: Date.now,
    onTrouble: () => {},
  });
  await store.save(state);
  await store.saveLearned(state);
}

/** What the daemon of this folder has saved. */
export async function savedIn(
  folder: string,
): Promise<{ readonly state: GuardState; readonly troubles: readonly StateTrouble[] }> {
  const troubles: StateTrouble[] = [];
  const store = createStateFile(join(folder, "state.json"), {
    readOnly: true,
    nowMs: Date.now,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  return { state: await store.load(), troubles };
}

/** The state as the next process would find it. Throws when it could not be read back whole. */
export function afterSaving(state: GuardState): GuardState {
  const durable = readDurable([...durableText(state, noForeign)].join(""));
  const learned = readLearned([...learnedText(state, noForeign)].join(""));
  if (durable.kind === "unreadable" || learned.kind === "unreadable") throw new Error("unreadable");
  const faults = [...durable.faults, ...learned.faults];
  if (faults.length > 0) throw new Error(faults.join("; "));
  return joined(durable.part, learned.part);
}
