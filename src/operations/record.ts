import { randomUUID } from "node:crypto";
import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { historyFileOf } from "#store/paths.ts";
import { atOnce, type Files } from "./files.ts";

/**
 * Records in the history what was done by hand. Never throws: resolves to what went wrong with the
 * history, in words.
 */
export async function record(
  draft: Omit<HistoryRecord, "id" | "reason">,
  { stateFile }: Pick<Settings, "stateFile">,
  files: Files = atOnce,
): Promise<readonly string[]> {
  const troubles: string[] = [];
  const history = createHistoryFile(historyFileOf(stateFile), {
    identityOf,
    onTrouble: (because) => void troubles.push(`history: ${because}`),
  });
  try {
    await files(() =>
      history.append([{ ...draft, id: `manual:${randomUUID()}`, reason: "manual" }]),
    );
  } catch (error) {
    troubles.push(`the history could not be written: ${wordsOf(error)}`);
  }
  return troubles;
}
