import * as z from "zod";
import { clouds } from "#guard/model/launch.ts";
import { creatingFor, seePods, warningsOf } from "#mcp/call.ts";
import { iso, usd, warnings } from "#mcp/schemas.ts";
import type { Tool } from "#mcp/tool.ts";
import { newLeaseId, podNameOf } from "#operations/launch/lease-id.ts";
import { planFor } from "#operations/launch/plan.ts";
import { giveQuote } from "#operations/launch/quote.ts";
import { wishFrom } from "#operations/launch/start-options.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { isoOrNull } from "#report/iso.ts";
import { estimateJson } from "#report/launch/estimate-json.ts";
import { podParts, typed } from "./pod-parts.ts";

const input = z.strictObject({
  gpu: z
    .string()
    .min(1)
    .max(100)
    .describe("A GPU type, such as 4090 or a100 sxm: matched forgivingly; gpus lists them."),
  hours: z
    .number()
    .min(0.017)
    .max(8760)
    .describe("How long its lease is: as short as the work needs. It can be extended."),
  count: z.number().int().min(1).max(64).default(1).describe("How many GPUs."),
  cloud: z.enum(clouds).default("secure"),
  volume_gb: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .describe("A disk of its own that outlives a stop, and costs: 0 for none, or 10 and more."),
  name: podParts.name,
  disk_gb: podParts.disk_gb,
  region: podParts.region,
});

const output = z.object({
  gpu: z.object({
    id: z.string(),
    name: z.string(),
    memory_gb: z.number().nullable(),
    count: z.number(),
    cloud: z.enum(clouds),
    stock: z.enum(["none", "low", "medium", "high", "unknown"]),
  }),
  hours: z.number(),
  ends_at: iso.nullable(),
  rate_per_hr_usd: usd.describe("All of it: GPUs and disks."),
  compute_per_hr_usd: usd,
  compute_usd: usd,
  storage_gb: z.number(),
  storage_usd: usd,
  total_usd: usd.describe("For all the hours."),
  balance_usd: usd,
  burn_per_hr_usd: usd.nullable().describe("What burns already."),
  burn_with_it_per_hr_usd: usd.nullable(),
  balance_at_end_usd: usd.nullable(),
  reached: z.array(
    z.object({
      kind: z.enum(["threshold", "budget", "zero"]),
      name: z.string(),
      level_usd: usd.nullable(),
      is: z.enum(["reached", "ahead", "never", "unknown"]),
      at: iso.nullable(),
    }),
  ),
  lasts: z.boolean().nullable().describe("false or null: do not start it, tell the person."),
  because: z.string().nullable().describe("Why it does not last, or why nobody knows."),
  refused_because: z
    .array(z.string())
    .describe("Why start would refuse it now; empty: it would not."),
  quote: z.object({
    id: z.string().describe("Give it to start: good for five minutes, and for one pod."),
    expires_at: iso.nullable(),
  }),
  warnings,
});

export const estimateTool: Tool<typeof input, typeof output> = {
  name: "estimate",
  title: "What a pod would cost",
  description:
    "Says what a pod would cost for so many hours, and what becomes of the balance: total, balance at the end, which thresholds and budgets it reaches. Free, and starts nothing. Gives the quote that start needs. If lasts is not true, or refused_because is not empty, do not start: tell the person what it says.",
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  input,
  output,
  limitMs: ({ pollLimitMs, saveLimitMs }) => 2 * pollLimitMs + saveLimitMs,
  async run({ gpu, hours, count, cloud, volume_gb, name = "pod", disk_gb, region }, call) {
    const wish = wishFrom({
      gpu,
      hours: typed(hours),
      count: typed(count),
      volume: typed(volume_gb),
      disk: typed(disk_gb),
      cloud,
      region,
    });
    const snapshot = await seePods(call);
    const { settings } = snapshot;
    const wishing = {
      podName: podNameOf(name, newLeaseId()),
      isProtected: false,
      isByDaemonsAgent: isCalledByAgent(call.deps.env),
    };
    const creating = await creatingFor(settings, call);
    const plan = await planFor(wish, wishing, snapshot, creating, call.signal);
    const { id, expiresAtMs } = await giveQuote(plan.estimate, settings.stateFile);
    return {
      data: {
        ...estimateJson(plan.estimate),
        refused_because: plan.refusals.map(({ because }) => because),
        quote: { id, expires_at: isoOrNull(expiresAtMs) },
        warnings: warningsOf(snapshot),
      },
    };
  },
};
