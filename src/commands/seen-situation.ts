import { loadConfig } from "../config/load.ts";
import { UserError } from "../errors.ts";
import type { Pod, Seen } from "../guard/model.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { type Situation, situationOf } from "./situation.ts";
import { warn } from "./warn.ts";

export type SeenPods = Seen & { readonly pods: readonly Pod[] };

export interface SeenSituation extends Situation {
  readonly look: SeenPods;
}

/** The situation, for a command that acts on pods. Throws a UserError when the pods are not seen. */
export async function seenSituation(
  options: GlobalOptions,
  context: Context,
): Promise<SeenSituation> {
  const settings = await loadConfig(options.config, context.env);
  context.hide([settings.apiKey]);
  const situation = await situationOf(settings, context.interrupted);
  const { look, troubles } = situation;
  if (look.kind === "blind") throw notSeen(`The account could not be seen: ${look.because}.`);
  const { pods, podsBecause = "RunPod's answer held no list" } = look;
  if (pods === "unknown") throw notSeen(`The pods could not be seen: ${podsBecause}.`);
  for (const trouble of troubles) warn(trouble, context);
  return { ...situation, look: { ...look, pods } };
}

function notSeen(because: string): UserError {
  return new UserError(`${because} Nothing was touched.`, { hint: "Then try: runpodboss check" });
}
