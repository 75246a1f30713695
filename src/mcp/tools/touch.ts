import * as z from "zod";
import { rowTitle } from "#guard/text.ts";
import { choosePodExactly } from "#operations/choose-pod.ts";
import { touchedJson } from "#operations/done-json.ts";
import { touchPod } from "#operations/touch.ts";
import { seePods, warningsOf } from "#mcp/call.ts";
import { iso, pod, warnings } from "#mcp/schemas.ts";
import type { Tool } from "#mcp/tool.ts";

const input = z.strictObject({ pod });

const output = z.object({
  pod_id: z.string(),
  pod_name: z.string(),
  touched_at: iso.nullable().describe("From then on its idle time counts."),
  daemon_is_running: z.boolean(),
  warnings,
});

export const touchTool: Tool<typeof input, typeof output> = {
  name: "touch",
  title: "Mark a pod as active",
  description:
    "Marks a running pod as active, so that its idle time starts again from zero. Costs nothing by itself; the pod goes on costing what status shows. Use it when a pod is at work and counts as idle, such as while it loads data. It does not put off the end of its lease: that is extend.",
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  input,
  output,
  limitMs: ({ pollLimitMs, saveLimitMs }) => pollLimitMs + saveLimitMs,
  async run({ pod: word }, call) {
    const snapshot = await seePods(call);
    const meant = choosePodExactly(word, snapshot.look);
    const nowMs = Date.now();
    const touched = await touchPod(meant, snapshot, nowMs, { by: call.by });
    const notes = [...warningsOf(snapshot), ...touched.warnings];
    return {
      words: [
        `${rowTitle(meant)} ${touched.because}: its idle time starts again from zero`,
        ...notes.map((each) => `Warning: ${each}`),
      ],
      data: { ...touchedJson(meant, nowMs, snapshot), warnings: notes },
    };
  },
};
