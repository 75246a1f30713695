import * as z from "zod";
import { UserError } from "#errors.ts";
import { clouds } from "#guard/model/launch.ts";
import { creatingFor, settingsOf } from "#mcp/call.ts";
import { iso, usd } from "#mcp/schemas.ts";
import type { Tool } from "#mcp/tool.ts";
import { offersJson } from "#report/launch/offers-json.ts";
import { offersReport } from "#report/launch/offers.ts";

const input = z.strictObject({
  count: z.number().int().min(1).max(64).default(1).describe("How many GPUs the pod is to have."),
  max_price: z
    .number()
    .positive()
    .max(100_000)
    .optional()
    .describe("For the whole pod, in dollars an hour."),
  min_vram: z.number().positive().max(100_000).optional().describe("GB of memory of each GPU."),
  cloud: z.enum(clouds).optional(),
});

const offer = z.object({
  gpu_id: z.string(),
  gpu_name: z.string(),
  memory_gb: z.number().nullable().describe("Of each GPU."),
  cloud: z.enum(clouds),
  gpu_count: z.number(),
  price_per_hr_usd: usd.nullable().describe("For the whole pod; null: unknown, and not nothing."),
  price_per_gpu_hr_usd: usd.nullable(),
  stock: z.enum(["none", "low", "medium", "high"]).nullable().describe("It is no promise."),
  max_gpu_count: z.number().nullable(),
  barred_by: z
    .array(z.enum(["max_price_per_hr", "gpus"]))
    .describe("What in the config forbids it; only a person changes that."),
});

const output = z.object({
  at: iso,
  gpu_count: z.number(),
  max_price: usd.nullable(),
  min_vram: z.number().nullable(),
  cloud: z.enum(clouds).nullable(),
  launch: z
    .looseObject({
      max_price_per_hr: usd,
      max_hours: z.number(),
      max_running: z.number(),
      max_starts_per_hour: z.number(),
    })
    .nullable()
    .describe("What may be started at most; null: the config lets nothing be started."),
  offers: z.array(offer).describe("The cheapest first."),
  loosen: z.array(z.looseObject({ filter: z.string() })).describe("What would let some through."),
});

export const gpusTool: Tool<typeof input, typeof output> = {
  name: "gpus",
  title: "GPU types, prices and stock",
  description:
    "Lists what pods can be started with now: GPU types with memory, price an hour for the whole pod, and stock, the cheapest first. Free, and changes nothing. Filter by max_price, min_vram, count or cloud, then ask estimate for the price of one. What has a barred_by cannot be started: do not try.",
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  input,
  output,
  limitMs: ({ pollLimitMs }) => pollLimitMs,
  async run({ count, max_price, min_vram, cloud }, call) {
    const settings = await settingsOf(call);
    const creating = await creatingFor(settings, call);
    const offers = await creating.offers(count, call.signal);
    if (offers.kind === "unread") {
      throw new UserError(`What RunPod offers could not be read: ${offers.because}.`, {
        hint: "Then try: runpodboss check",
      });
    }
    const filters = { gpuCount: count, mostPerHrUsd: max_price, leastMemoryGb: min_vram, cloud };
    const report = offersReport(offers.value, filters, settings.launch);
    return { data: offersJson(report, call.deps.clock.nowMs()) };
  },
};
