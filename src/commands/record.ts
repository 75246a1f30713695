import { randomUUID } from "node:crypto";
import type { Settings } from "../config/settings.ts";
import { identityOf } from "../effects/process-identity.ts";
import { wordsOf } from "../errors.ts";
import type { HistoryRecord } from "../guard/model.ts";
import { historyFileOf } from "../store/beside.ts";
import { createHistoryFile } from "../store/history-file.ts";
import type { Context } from "./context.ts";
import { warn } from "./warn.ts";

/** Writes down what people did. What was done stays done: a history that takes nothing is told. */
export async function record(
  draft: Omit<HistoryRecord, "id" | "reason">,
  { stateFile, historyDays }: Settings,
  context: Pick<Context, "redact" | "stderr">,
): Promise<void> {
  const history = createHistoryFile(historyFileOf(stateFile), {
    nowMs: () => Date.now(),
    days: () => historyDays,
    identityOf,
    onTrouble: (because) => warn(`history: ${because}`, context),
  });
  try {
    await history.append([{ ...draft, id: `manual:${randomUUID()}`, reason: "manual" }]);
  } catch (error) {
    warn(`the history could not be written: ${wordsOf(error)}`, context);
  }
}
