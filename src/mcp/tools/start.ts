import * as z from "zod";
import { UserError } from "#errors.ts";
import { creatingFor, seePods, warningsOf } from "#mcp/call.ts";
import { iso, usd, warnings } from "#mcp/schemas.ts";
import type { Tool } from "#mcp/tool.ts";
import { newLeaseId, podNameOf } from "#operations/launch/lease-id.ts";
import { planFor } from "#operations/launch/plan.ts";
import { goodQuote } from "#operations/launch/quote.ts";
import { refusalError } from "#operations/launch/refusals.ts";
import { startPod, type StartOrder } from "#operations/launch/start.ts";
import { podWishFrom, wishOfQuote } from "#operations/launch/start-options.ts";
import { whyNotEnded } from "#operations/launch/why-not-ended.ts";
import type { Creating } from "#ports.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import { podParts, typed } from "./pod-parts.ts";
import { startQuestion } from "./start-question.ts";
import { startedCame } from "./started-came.ts";

const word = z.string().min(1).max(512);
const usualWaitMinutes = 10;

const input = z.strictObject({
  quote: z.string().min(1).max(40).describe("The quote of an estimate: five minutes, one pod."),
  image: word.optional().describe("A container image. Either an image or a template."),
  template: word.optional().describe("RunPod's id of a template."),
  ...podParts,
  network_volume: word.optional().describe("RunPod's id of a network volume: keeps results."),
  ports: z.string().max(200).optional().describe("22/tcp,8888/http unless you say."),
  env: z
    .array(
      z
        .string()
        .max(32_768)
        .regex(/^[A-Za-z_][A-Za-z0-9_]*=/),
    )
    .max(64)
    .optional()
    .describe("NAME=VALUE each. The values are shown nowhere."),
  wait_minutes: z
    .number()
    .int()
    .min(0)
    .max(60)
    .default(usualWaitMinutes)
    .describe("How long to wait at most until it runs. Its lease holds all the same."),
});

const output = z.object({
  is: z.string().describe("running: it runs."),
  pod: z.object({
    id: z.string().nullable(),
    name: z.string(),
    status: z.string().nullable(),
    cost_per_hr_usd: usd.nullable(),
  }),
  lease: z.object({ id: z.string(), ends_at: iso.nullable() }),
  started_by: z.object({
    kind: z.enum(["person", "agent"]),
    agent: z.string().nullable(),
    session: z.string().nullable(),
    host: z.string(),
  }),
  ssh: z.string().nullable().describe("user@host for ssh, once it is known."),
  because: z.string().nullable(),
  warnings,
});

export const startTool: Tool<typeof input, typeof output> = {
  name: "start",
  title: "Start a GPU pod on a lease",
  description:
    "Starts one pod for the hours of a quote, and SPENDS MONEY: the rate of the estimate for every hour until it ends. Its lease ends it, also when you are gone. Needs a fresh quote of estimate; may ask the person, who may say no. Waits until the pod runs, which can take minutes. An error may still have made the pod: look with status, and never start it again. Then: work, extend if need be, save the results, stop.",
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  },
  input,
  output,
  limitMs: ({ pollLimitMs, saveLimitMs }, { wait_minutes: waitMinutes }) =>
    4 * pollLimitMs + saveLimitMs + waitMinutes * 60_000,
  async run(args, call, context) {
    const { deps, caller, asking, signal } = call;
    // Before it is known whether they can be used: no error may hold one.
    deps.hide((args.env ?? []).map((each) => each.slice(each.indexOf("=") + 1)));
    const snapshot = await seePods(call);
    const { settings } = snapshot;
    const quote = await goodQuote(args.quote, settings.stateFile, Date.now());
    const wish = wishOfQuote(quote, { disk: typed(args.disk_gb), region: args.region });
    const pod = podWishFrom(
      { ...args, networkVolume: args.network_volume, wait: typed(args.wait_minutes) },
      wish.volumeGb,
      {},
    );
    const leaseId = newLeaseId();
    const wishing = {
      podName: podNameOf(pod.name, leaseId),
      isProtected: false,
      isByDaemonsAgent: isCalledByAgent(deps.env),
    };
    const isTemplates = pod.templateId !== undefined && args.disk_gb === undefined;
    const wanted = isTemplates ? { ...wish, containerDiskGb: undefined } : wish;
    const creating = uncancelled(await creatingFor(settings, call));
    const { estimate, refusals } = await planFor(wanted, wishing, snapshot, creating, signal);
    if (refusals.length > 0) throw refusalError(refusals);
    const { perHrUsd, computePerHrUsd } = quote;
    const agreed = { ...estimate.price, perHrUsd, computePerHrUsd };
    if (caller.canAsk) {
      const answer = asking.answerTo(args, context);
      if (answer === "not-asked") {
        return asking.ask(args, startQuestion(caller, pod, { ...estimate, price: agreed }));
      }
      if (answer !== "yes") throw saidNo(answer);
    }
    const order: StartOrder = {
      ...wishing,
      ...pod,
      wish: wanted,
      leaseId,
      by: call.startedBy,
      isForced: false,
      quoteId: quote.id,
      agreed,
    };
    const started = await startPod(order, {
      see: () => seePods(call),
      creating,
      clock: deps.clock,
      paces: deps.paces,
      waitMs: pod.waitMs,
      signal,
      onStep: call.note,
    });
    const ssh =
      started.kind === "running" ? await creating.sshOf(started.pod.id, signal) : undefined;
    const unended = await whyNotEnded(wishing.podName, settings, deps.paces);
    return startedCame(started, { ssh, unended }, warningsOf(snapshot));
  },
};

function saidNo(answer: "no" | "dismissed"): UserError {
  return new UserError(
    answer === "no"
      ? "Not started: the person who was asked said no."
      : "Not started: the person who was asked gave no answer.",
    { hint: "Do not ask again for the same. Say what it would cost, and let them decide." },
  );
}

/** What was called off is not waited for, but a create that is under way comes to its answer. */
function uncancelled(creating: Creating): Creating {
  return {
    ...creating,
    async create(order, signal) {
      if (!signal.aborted) return creating.create(order, new AbortController().signal);
      const because = "it was called off before RunPod was asked";
      return { kind: "failed", because, isReadOnlyKey: false, isRefusal: true };
    },
  };
}
