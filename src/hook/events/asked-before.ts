import { isPlainId } from "#guard/text.ts";
import { identityOf } from "#process/identity.ts";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { withLock } from "#store/lock/with-lock.ts";
import { askedFileOf } from "#store/paths.ts";

const mostSessions = 100;
const mostPods = 100;
const maxBytes = 1_024 * 1_024;
/** Whoever else changes the file does so in a moment; the agent waits. */
const patienceMs = 1_000;

/**
 * Those of the pods that the session was not asked about since they began to run. From now on it was. Where
 * that cannot be read or remembered it was never asked. Never throws.
 */
export async function notAskedAbout(
  podIds: readonly string[],
  session: string | undefined,
  stateFile: string,
): Promise<readonly string[]> {
  if (session === undefined) return podIds;
  const path = askedFileOf(stateFile);
  try {
    const before = (await read(path)).get(session) ?? [];
    const now = podIds.filter(isPlainId).slice(-mostPods);
    if (before.join(" ") !== now.join(" ")) await note(path, session, now);
    return podIds.filter((id) => !before.includes(id));
  } catch {
    return podIds;
  }
}

async function note(path: string, session: string, podIds: readonly string[]): Promise<void> {
  const change = async (): Promise<void> => {
    const asked = await read(path);
    // What was noted last stands last.
    asked.delete(session);
    if (podIds.length > 0) asked.set(session, podIds);
    const lines = [...asked].slice(-mostSessions).map((row) => `${row.flat().join(" ")}\n`);
    await writeAtomically(path, lines.join(""));
  };
  await withLock(path, identityOf, change, { patienceMs });
}

/** A line a session: its name, and the pods. Throws where the file cannot be read. */
async function read(path: string): Promise<Map<string, readonly string[]>> {
  const found = await readSmallFile(path, { maxBytes });
  if (found.kind === "missing") return new Map();
  if (found.kind === "unreadable") throw new Error(found.because);
  const rows = found.text.split("\n").map((line) => line.split(" "));
  return new Map(
    rows
      .filter((words) => words.every((word) => /^[A-Za-z0-9._-]{1,64}$/.test(word)))
      .map(([session = "", ...podIds]) => [session, podIds]),
  );
}
