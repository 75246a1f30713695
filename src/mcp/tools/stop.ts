import * as z from "zod";
import { exitCodes, UserError } from "#errors.ts";
import type { Pod } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import { rounded, rowTitle, rowWords } from "#guard/text.ts";
import { choosePodExactly } from "#operations/choose-pod.ts";
import { endedWords, interruptedWords } from "#operations/end-words.ts";
import { planEnds } from "#operations/stop-plan.ts";
import { type Stopped, stopPods } from "#operations/stop.ts";
import { endLoses } from "#report/end-losses.ts";
import { seePods, warningsOf } from "#mcp/call.ts";
import type { Came } from "#mcp/result.ts";
import { pod, usd, warnings } from "#mcp/schemas.ts";
import type { Tool } from "#mcp/tool.ts";

const input = z.strictObject({ pod });

const output = z.object({
  pod_id: z.string(),
  pod_name: z.string(),
  result: z.enum(["ended", "already_ended"]),
  because: z.string().describe("What proves it."),
  uptime_minutes: z.number().nullable(),
  cost_usd: usd.nullable().describe("What its run has cost; null: unknown."),
  keeps: z.string().describe("What of it is lost, and what stays and costs."),
  warnings,
});

/** Its polls, its tries, and the proof of each. */
const pollsAtMost = 4;

export const stopTool: Tool<typeof input, typeof output> = {
  name: "stop",
  title: "Stop one pod",
  description:
    "Stops exactly one pod and proves that it stopped, which takes from seconds to a few minutes. It ends what the pod costs, but for a volume that stays. Its container disk is LOST: save results elsewhere first. Use it when the work is done or has failed; stop only pods that you started, unless you are told to. A protected pod is refused.",
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: true,
  },
  input,
  output,
  limitMs: ({ pollLimitMs }) => pollsAtMost * pollLimitMs,
  async run({ pod: word }, call) {
    const { by, deps, signal, note } = call;
    const snapshot = await seePods(call);
    const meant = choosePodExactly(word, snapshot.look);
    const plan = planEnds("stop", [meant.id], snapshot.look, snapshot.protect, true);
    const notes = warningsOf(snapshot);
    if (plan.pods.length === 0) {
      return cameTo(meant, { result: "already_ended", because: plan.leftOut.join(" ") }, notes);
    }
    const [stopped] = await stopPods("stop", plan.pods, snapshot, {
      clock: deps.clock,
      paces: deps.paces,
      signal,
      isByAgent: true,
      by,
      onProgress: (_, words) => words !== undefined && note(words),
    });
    return outcomeOf(meant, stopped, notes);
  },
};

function outcomeOf(
  meant: Pod,
  stopped: Stopped | undefined,
  notes: readonly string[],
): Came<z.infer<typeof output>> {
  const end = stopped?.end ?? { kind: "interrupted", wasAsked: false };
  const all = [...notes, ...(stopped?.troubles ?? [])];
  switch (end.kind) {
    case "ended": {
      const run = stopped?.run ?? { podId: meant.id, podName: meant.name };
      const words = endedWords("stop", meant, run, end.outcome.because);
      const facts = { result: "ended", because: end.outcome.because, words } as const;
      return cameTo(meant, { ...facts, ...run }, all);
    }
    case "over-before":
      return cameTo(meant, { result: "already_ended", because: `${end.because} already` }, all);
    case "unproven":
      throw new UserError(`Not proven stopped: ${rowWords(meant)}: ${end.because}.`, {
        hint: "It may still run and cost money. Look with status, and tell the person you work for: it can be stopped in RunPod's console.",
        exitCode: exitCodes.unproven,
      });
    case "interrupted":
      throw new UserError(`Interrupted: ${rowWords(meant)}: ${interruptedWords(end)}.`, {
        hint: "It may still run and cost money. Look with status.",
        exitCode: exitCodes.interrupted,
      });
  }
}

interface Facts {
  readonly result: "ended" | "already_ended";
  readonly because: string;
  readonly words?: string;
  readonly uptimeMs?: number | undefined;
  readonly costUsd?: number | undefined;
}

function cameTo(
  meant: Pod,
  { result, because, words, uptimeMs, costUsd }: Facts,
  notes: readonly string[],
): Came<z.infer<typeof output>> {
  const keeps = endLoses("stop", meant);
  return {
    words: [
      words ?? `${rowTitle(meant)}: ${because}`,
      keeps,
      ...notes.map((each) => `Warning: ${each}`),
    ],
    data: {
      pod_id: meant.id,
      pod_name: meant.name,
      result,
      because,
      uptime_minutes: uptimeMs === undefined ? null : Number((uptimeMs / minuteMs).toFixed(1)),
      cost_usd: costUsd === undefined ? null : rounded(costUsd),
      keeps,
      warnings: [...notes],
    },
  };
}
