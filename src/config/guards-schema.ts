import * as z from "zod";
import { ofWhatLasts } from "#config/ahead/repeats-schema.ts";
import { render } from "#template/render.ts";
import {
  argument,
  daySeconds,
  filledCommand,
  isHttpUrl,
  passApiKey,
  whateverElseIsWrong,
} from "#config/reading/fields.ts";

const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;
const yearHours = 8_760;

/** A pod with many cores can show more than 100 percent; nothing shows more than this. */
const mostCpuPercent = 10_000;

/** What an address is made with, to see whether it is one. */
const somePod = {
  balanceUsd: undefined,
  belowUsd: undefined,
  name: "",
  podsJson: "",
  podId: "a1b2c3",
};

/** What each guard of single pods has beside its limits. */
const ofEveryGuard = {
  action: z
    .enum(["notify", "agent", "stop", "terminate"])
    .default("notify")
    .describe("What happens then: notify, agent, stop or terminate."),
  pods: z
    .array(z.string().min(1))
    .min(1)
    .default(["*"])
    .describe("Ids or names of the pods it is for; * and ? are wildcards. No cluster is meant."),
  clusters: z
    .array(z.string().min(1))
    .default([])
    .describe("Ids or names of clusters it terminates whole; only where action is terminate."),
  prompt: argument
    .min(1)
    .optional()
    .describe("What the agent is told, instead of the built-in prompt."),
  ...ofWhatLasts,
};

interface NamingClusters {
  readonly action: unknown;
  readonly clusters: unknown;
}

/** A cluster can only be terminated: with any other action none may be named. */
function faultOfClusters({ action, clusters }: NamingClusters) {
  if (!Array.isArray(clusters) || clusters.length === 0 || action === "terminate") return undefined;
  return {
    code: "custom" as const,
    path: ["clusters"],
    message:
      'needs "action": "terminate", as a cluster can only be terminated, and only as a whole; set that, or take the clusters out',
    params: { found: `action is ${JSON.stringify(action)}` },
  };
}

const activityMetric = z
  .strictObject({
    url: z
      .string()
      .refine(
        (template) => isHttpUrl(render(template, somePod).text),
        "must be an http or https address",
      )
      .describe("A page of Prometheus text, http or https; {pod_id} and {pod_name} are filled in."),
    metric: z.string().min(1).describe("The metric's name on that page."),
    above: z.number().optional().describe("The pod is active while the metric is above this."),
    increases: z
      .literal(true)
      .optional()
      .describe("true: it is active when the metric has grown since it was last read."),
  })
  .superRefine((entry, context) => {
    const given = ["above", "increases"].filter((key) => Object.hasOwn(entry, key));
    if (given.length === 1) return;
    context.addIssue({
      code: "custom",
      message: "must have exactly one of above or increases",
      params: { found: given.length === 0 ? "it has neither" : "it has both" },
    });
  }, whateverElseIsWrong);

export const idle = z
  .strictObject({
    after_minutes: z
      .number()
      .positive()
      .max(weekMinutes)
      .default(30)
      .describe("Minutes without activity before this guard acts."),
    gpu_percent: z
      .number()
      .positive()
      .max(100)
      .default(5)
      .describe("Idle: every GPU is below this, and the CPU below cpu_percent."),
    cpu_percent: z
      .number()
      .positive()
      .max(mostCpuPercent)
      .default(10)
      .describe("Idle: the CPU is below this, and every GPU below gpu_percent."),
    gpu_memory_percent: z
      .number()
      .min(0)
      .max(100)
      .default(10)
      .describe("Idle: no GPU has more of its memory in use; 100: that is not asked."),
    boot_grace_minutes: z
      .number()
      .min(0)
      .max(dayMinutes)
      .default(15)
      .describe("Minutes after the start in which a pod never counts as idle."),
    ...ofEveryGuard,
    activity_command: filledCommand.describe(
      "Checks whether an idle pod is active: exit 0 is yes, 1 is no.",
    ),
    pass_api_key: passApiKey
      .default(false)
      .describe("true: activity_command gets RUNPOD_API_KEY in its environment."),
    activity_metrics: z
      .array(activityMetric)
      .default([])
      .describe("Metrics that show whether an idle pod is active."),
  })
  .superRefine((guard, context) => {
    const fault = faultOfClusters(guard);
    if (fault !== undefined) context.addIssue(fault);
  }, whateverElseIsWrong);

const lease = z
  .strictObject({
    default_hours: z
      .number()
      .positive()
      .max(yearHours)
      .nullable()
      .default(4)
      .describe("Hours from the start; null: only pods that you give a lease have one."),
    max_hours: z
      .number()
      .positive()
      .max(yearHours)
      .default(8)
      .describe("Hours from the start; no lease can end later."),
    ...ofEveryGuard,
  })
  .superRefine(({ default_hours, max_hours }, context) => {
    // Either may be anything here: what is wrong with them alone is said elsewhere.
    if (typeof default_hours !== "number" || typeof max_hours !== "number") return;
    if (default_hours <= max_hours) return;
    context.addIssue({
      code: "custom",
      path: ["default_hours"],
      message: `must be at most max_hours, which is ${max_hours}`,
    });
  }, whateverElseIsWrong)
  .superRefine((guard, context) => {
    const fault = faultOfClusters(guard);
    if (fault !== undefined) context.addIssue(fault);
  }, whateverElseIsWrong);

const hardTimeout = z
  .strictObject({
    hours: z
      .number()
      .positive()
      .max(yearHours)
      .default(8)
      .describe("Hours from the start, whatever the pod does."),
    ...ofEveryGuard,
  })
  .superRefine((guard, context) => {
    const fault = faultOfClusters(guard);
    if (fault !== undefined) context.addIssue(fault);
  }, whateverElseIsWrong);

const stopped = z.strictObject({
  after_hours: z
    .number()
    .positive()
    .max(yearHours)
    .default(24)
    .describe("Hours since it was stopped, as far as the guard has seen."),
  action: z
    .enum(["notify", "terminate"])
    .default("notify")
    .describe("What happens then: notify, or terminate, which deletes the pod and its disk."),
  data_loss: z
    .boolean()
    .default(false)
    .describe("true: terminates pods without a network volume too; their data is lost."),
  pods: ofEveryGuard.pods,
  ...ofWhatLasts,
});

/** The guards of single pods. */
export const guardsSchema = z
  .strictObject({
    idle: idle.nullish().describe("Acts on pods that do nothing. Off when absent or null."),
    lease: lease.nullish().describe("Acts on pods whose lease has ended. Off when absent or null."),
    hard_timeout: hardTimeout
      .nullish()
      .describe("Acts on pods that run too long, whatever they do. Off when absent or null."),
    stopped: stopped.nullish().describe("Acts on pods that stay stopped. Off when absent or null."),
    warn_minutes: z
      .number()
      .min(0)
      .max(dayMinutes)
      .default(15)
      .describe("Minutes between the warning and the stop; 0: no warning."),
    before_stop_command: filledCommand.describe(
      "Run before a guard stops a pod, to save what is on it.",
    ),
    pass_api_key: passApiKey
      .default(false)
      .describe("true: before_stop_command gets RUNPOD_API_KEY in its environment."),
    before_stop_timeout_seconds: z
      .number()
      .positive()
      .max(daySeconds)
      .default(300)
      .describe("Seconds it may run; then the stop goes on without it."),
    before_stop_must_succeed: z
      .boolean()
      .default(false)
      .describe("true: one that fails puts the stop off, until a hard_timeout ends the pod."),
    max_ends_per_hour: z
      .int()
      .min(1)
      .default(20)
      .describe("Pods that guards may stop within an hour."),
  })
  .superRefine(({ before_stop_must_succeed, before_stop_command }, context) => {
    if (!before_stop_must_succeed) return;
    if (Array.isArray(before_stop_command) && before_stop_command.length > 0) return;
    context.addIssue({
      code: "custom",
      path: ["before_stop_must_succeed"],
      message: "needs a before_stop_command, which is what must succeed",
      params: { found: "there is none" },
    });
  }, whateverElseIsWrong);
