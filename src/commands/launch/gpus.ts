import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import { cleanName, escapeHidden } from "#control-characters.ts";
import { exitCodes, UserError } from "#errors.ts";
import { type Cloud, clouds } from "#guard/model/launch.ts";
import { offersJson } from "#report/launch/offers-json.ts";
import { type OfferFilters, offersReport } from "#report/launch/offers.ts";
import { savedState } from "#report/snapshot.ts";
import { paintFor } from "#terminal/colors.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { realCreating } from "#wiring/account.ts";
import { gpusText } from "./gpus-text.ts";

export interface GpusOptions extends GlobalOptions {
  readonly maxPrice?: string;
  readonly minVram?: string;
  readonly count: string;
  readonly cloud?: string;
  readonly json: boolean;
}

/** Shows what pods could be started, and for how much. Needs no daemon, and changes nothing. Gives the exit code. */
export async function gpus(options: GpusOptions, context: Context): Promise<number> {
  const filters = filtersOf(options);
  const { env, paces, interrupted } = context;
  const settings = await loadConfig(options.config, env, paces, "gone-without");
  context.hide(settings.secrets);
  const clock = createClock();
  const { saved } = await savedState(settings.stateFile);
  const creating = realCreating(settings, clock, paces.request, saved.source);
  const offers = await creating.offers(filters.gpuCount, interrupted);
  if (interrupted.aborted) return exitCodes.interrupted;
  if (offers.kind === "unread") {
    throw new UserError(`What RunPod offers could not be read: ${offers.because}.`, {
      hint: "Then try: runpodboss check",
    });
  }
  const report = offersReport(offers.value, filters, settings.launch);
  if (options.json) {
    const found = offersJson(report, clock.nowMs());
    context.printData(escapeHidden(JSON.stringify(found, null, 2)));
    return exitCodes.done;
  }
  const { command } = policyOf(settings, paces).podGuards;
  const shape = { paint: paintFor(context), room: columnsOf(context), command };
  context.print(gpusText(report, shape).join("\n"));
  return exitCodes.done;
}

/** Throws a UserError for what is none. */
export function filtersOf({
  maxPrice,
  minVram,
  count,
  cloud,
}: Pick<GpusOptions, "maxPrice" | "minVram" | "count" | "cloud">): OfferFilters {
  return {
    gpuCount: numberIn("--count", count, (n) => Number.isInteger(n) && n <= mostGpus),
    mostPerHrUsd: maxPrice === undefined ? undefined : numberIn("--max-price", maxPrice),
    leastMemoryGb: minVram === undefined ? undefined : numberIn("--min-vram", minVram),
    cloud: cloud === undefined ? undefined : cloudIn(cloud),
  };
}

/** No machine has more. */
const mostGpus = 64;
const decimal = /^(?:\d+(?:\.\d+)?|\.\d+)$/;

function numberIn(
  option: string,
  text: string,
  isOne: (n: number) => boolean = () => true,
): number {
  const n = decimal.test(text) ? Number(text) : NaN;
  if (n > 0 && Number.isFinite(n) && isOne(n)) return n;
  const what = {
    "--count": `a whole number from 1 to ${mostGpus}`,
    "--max-price": "dollars an hour, such as 2 or 0.5",
    "--min-vram": "GB of memory, such as 24",
  }[option];
  throw new UserError(`${option} must be ${what} (got ${JSON.stringify(cleanName(text))}).`);
}

function cloudIn(text: string): Cloud {
  const found = clouds.find((cloud) => cloud === text);
  if (found !== undefined) return found;
  throw new UserError(
    `--cloud must be secure or community (got ${JSON.stringify(cleanName(text))}).`,
  );
}
