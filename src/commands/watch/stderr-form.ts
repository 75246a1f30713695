import type { LineForm } from "#log.ts";
import { journalLine } from "#output/journal.ts";
import type { Context } from "#terminal/context.ts";
import { createPeopleLog } from "#terminal/people-log.ts";

/** On a terminal for people, in the journal with priorities; else lines of JSON as they are. */
export function formOnStderr({ stderr, env, isJournal }: Context): {
  readonly onStderr?: LineForm;
} {
  if (isJournal) return { onStderr: { of: journalLine, last: () => "" } };
  if (!stderr.isTTY) return {};
  return {
    onStderr: createPeopleLog({
      columns: () => stderr.columns,
      canRewrite: env["TERM"] !== "dumb" && stderr.columns > 0,
      colors: env["NO_COLOR"] === undefined,
    }),
  };
}
