import * as z from "zod";
import { hourMs } from "#guard/model/time.ts";
import { choosePodExactly } from "#operations/choose-pod.ts";
import { leasedJson } from "#operations/done-json.ts";
import { leasedWords, leaseWarnings } from "#operations/lease-words.ts";
import { leasePod } from "#operations/lease.ts";
import { seePods, warningsOf } from "#mcp/call.ts";
import { iso, pod, usd, warnings } from "#mcp/schemas.ts";
import type { Tool } from "#mcp/tool.ts";

const input = z.strictObject({
  pod,
  hours: z
    .number()
    .min(0.017)
    .max(8760)
    .describe("How many hours to add: as few as the work still needs."),
});

const output = z.object({
  pod_id: z.string(),
  pod_name: z.string(),
  ends_at: iso.nullable().describe("When its lease ends."),
  acts_at: iso.nullable().describe("When its end is acted on, which is not before a warning."),
  action: z.enum(["notify", "agent", "stop", "terminate"]).describe("What happens then."),
  is_locked: z.boolean().nullable().describe("true: nothing stops it."),
  minutes_left: z.number(),
  minutes_more: z.number().describe("By how much it could still be extended."),
  cost_per_hr_usd: usd.nullable(),
  cost_until_then_usd: usd.nullable(),
  ends_sooner_by: z.string().nullable().describe("What else ends it before its lease does."),
  ends_sooner_at: iso.nullable(),
  daemon_is_running: z.boolean().describe("false: nothing ends the pod."),
  warnings,
});

export const extendTool: Tool<typeof input, typeof output> = {
  name: "extend",
  title: "Extend a pod's lease",
  description:
    "Adds hours to the lease of a running pod, up to the max_hours of the config. Each hour costs what status shows for the pod. Use it before the lease ends, for work that still goes on; when the work is done, use stop instead. It is not the same twice: calling it again adds the hours again.",
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  },
  input,
  output,
  limitMs: ({ pollLimitMs, saveLimitMs }) => pollLimitMs + saveLimitMs,
  async run({ pod: word, hours }, call) {
    const snapshot = await seePods(call);
    const meant = choosePodExactly(word, snapshot.look);
    const leased = await leasePod("extend", meant, Math.round(hours * hourMs), snapshot, {
      by: call.by,
    });
    const { lines, warning } = leasedWords(meant, leased);
    const notes = [
      ...warningsOf(snapshot),
      ...leaseWarnings(leased, snapshot),
      ...(warning === undefined ? [] : [warning]),
    ];
    return {
      words: [...lines, ...notes.map((each) => `Warning: ${each}`)],
      data: { ...leasedJson(meant, leased, snapshot), warnings: notes },
    };
  },
};
