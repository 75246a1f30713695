import { oneLine } from "#control-characters.ts";
import { exitCodes, UserError } from "#errors.ts";
import { secondMs } from "#guard/model/time.ts";
import type { DrillStep } from "#outside/drill/rehearsal.ts";
import { drilledIn } from "#outside/drill/read-drilled.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { askOutside, isNoGuard, outsideIn } from "./ask.ts";

/** More than a drill takes there by its own limits. */
const limitMs = 25 * secondMs;

/** Has the guard outside rehearse a machine that falls silent, on made-up pods. Gives the exit code. */
export async function outsideDrill(options: GlobalOptions, context: Context): Promise<number> {
  const { to } = await outsideIn(options, context);
  context.print(`The guard outside at ${to.url} rehearses, on made-up pods ...`);
  const found = drilledIn(await askOutside("drill", to, context, limitMs));
  if (found === undefined) throw isNoGuard(to);
  const { rehearsal, runpod, channels } = found;
  const line = ({ words, isGood }: DrillStep): string =>
    `  ${isGood ? "ok" : "NOT OK"}: ${oneLine(words)}`;
  context.print(
    [
      ...rehearsal.map(line),
      "For real, and changing nothing:",
      line(runpod),
      ...channels.map((each) => line({ ...each, words: `channel ${each.name}: ${each.words}` })),
      ...(channels.length === 0
        ? ["  NOT OK: it has no channel, so nobody is told from there"]
        : []),
    ].join("\n"),
  );
  const all = [...rehearsal, runpod, ...channels];
  const bad = all.filter(({ isGood }) => !isGood).length + (channels.length === 0 ? 1 : 0);
  if (bad > 0) throw new UserError(`${bad} of ${all.length} steps of the drill failed.`);
  context.print(
    "All worked. Look whether each message has arrived, where you will see it at night.",
  );
  return exitCodes.done;
}
