import * as z from "zod";
import { type Paces, realPaces } from "#paces.ts";
import {
  agentCommand,
  daySeconds,
  isHttpUrl,
  notifyCommand,
  passApiKey,
} from "#config/reading/fields.ts";
import { outsideSchema } from "#config/outside/outside-schema.ts";
import { briefSchema, heartbeatSchema, notifySchema } from "#config/channels/notify-schema.ts";
import { budgetsSchema } from "./ahead/budgets-schema.ts";
import { schedulesSchema } from "./ahead/schedules-schema.ts";
import { guardsSchema } from "./guards-schema.ts";
import { foreignPods } from "#guard/model/launch.ts";
import { httpSchema } from "./http/http-schema.ts";
import { launchSchema } from "./launch/launch-schema.ts";
import { defaultPaths } from "./paths.ts";
import { inOrderOfSeverity, thresholdSchema } from "./thresholds-schema.ts";
import { whateverElseIsWrong } from "./reading/fields.ts";

/** Text that counts as absent when null or empty, as it did in the Python tool. */
const optionalText = z.string().nullish();

function pollIntervalFrom({ leastPollMs }: Pick<Paces, "leastPollMs">) {
  return z
    .number()
    .min(leastPollMs / 1000)
    .max(daySeconds)
    .default(60)
    .describe("Seconds between two polls.");
}

/** The config file as it is written: every key of the Python tool, and ours. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe("Where an editor finds config.schema.json."),
  api_key: optionalText.describe("The RunPod API key itself. A file or a variable is safer."),
  api_key_file: optionalText.describe("A file that holds the API key and nothing else."),
  api_key_env: optionalText.meta({
    description: "The environment variable that holds the API key.",
    default: "RUNPOD_API_KEY",
  }),
  poll_interval_seconds: pollIntervalFrom(realPaces),
  poll: z
    .enum(["adaptive", "fixed"])
    .default("adaptive")
    .describe("adaptive: sooner than poll_interval_seconds where a line is near; fixed: never."),
  max_runtime_seconds: z
    .number()
    .min(0)
    .default(0)
    .describe("The daemon ends by itself after this many seconds; 0: never."),
  state_file: optionalText.meta({
    description: "What must not be lost in a restart.",
    default: defaultPaths.state,
  }),
  log_file: optionalText.meta({
    description: "The log, as JSON lines.",
    default: defaultPaths.log,
  }),
  claude_command: agentCommand.meta({
    description: "The agent. Its last argument is the prompt. [] calls none.",
    default: ["claude", "-p"],
  }),
  claude_timeout_seconds: z
    .number()
    .positive()
    .max(daySeconds)
    .default(300)
    .describe("Seconds until an agent is ended with all it started."),
  claude_attempts: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe("How many times an agent that fails is called."),
  agent_permissions: z
    .enum(["scoped", "inherit"])
    .default("scoped")
    .describe("scoped: may only end unprotected pods. inherit: your own settings."),
  agent_max_turns: z.int().min(1).default(30).describe("How many turns Claude Code may take."),
  agent_max_budget_usd: z
    .number()
    .positive()
    .default(2)
    .describe("How many dollars one call of Claude Code may cost."),
  extra_notify_command: notifyCommand.describe("The notify command: run on every notification."),
  pass_api_key: passApiKey
    .default(false)
    .describe("true: the notify command gets RUNPOD_API_KEY in its environment."),
  notify_timeout_seconds: z
    .number()
    .positive()
    .max(daySeconds)
    .default(30)
    .describe("Seconds until a notify command is ended."),
  notify: notifySchema.describe("Channels: how you are told, beside the notify command."),
  heartbeat: heartbeatSchema
    .optional()
    .describe("An address that hears from the guard, and raises the alarm when it does not."),
  brief: briefSchema.optional().describe("One message a day: what was spent and what still bills."),
  http: httpSchema
    .optional()
    .describe("A page to look at, an API and metrics; without it, nothing is served."),
  outside: outsideSchema
    .optional()
    .describe("A guard elsewhere that stands in for this one when it is silent."),
  blind_after_seconds: z
    .number()
    .min(0)
    .default(300)
    .describe("Seconds without a good poll until you are notified."),
  protect: z
    .array(z.string().min(1))
    .default([])
    .describe("Ids or names of pods that nothing may stop; * and ? are wildcards."),
  thresholds: z
    .array(thresholdSchema)
    .min(1)
    .superRefine(inOrderOfSeverity, whateverElseIsWrong)
    .describe("The balances, or hours left, below which something happens; at least one."),
  trip_on_estimate: z
    .boolean()
    .default(false)
    .describe("true: while blind, thresholds are crossed by what the balance must be."),
  budgets: budgetsSchema.describe("What may be spent in a day, a week or a month."),
  schedules: schedulesSchema.describe("Times of the week at which pods are stopped."),
  guards: guardsSchema.prefault({}).describe("The guards of single pods."),
  foreign_pods: z
    .enum(foreignPods)
    .default("guard")
    .describe("What the guards do with pods started elsewhere: guard, notify or ignore."),
  launch: launchSchema
    .optional()
    .describe("What runpodboss start may start at most; without it, nothing."),
  history_days: z
    .number()
    .min(1)
    .max(3_660)
    .default(90)
    .describe("How many days the history goes back."),
  dry_run: z.boolean().default(false).describe("Poll and decide, but run and stop nothing."),
  api: z
    .enum(["auto", "graphql", "rest"])
    .default("auto")
    .describe("Which interface of RunPod is asked; auto: GraphQL, then REST."),
  rest_url: z
    .string()
    .refine((url) => url === "" || isHttpUrl(url), "must be an http or https address")
    .nullish()
    .describe("RunPod's REST address, http or https; for tests and proxies."),
  rest_balance_path: z
    .string()
    .regex(/^(\/[A-Za-z0-9_-]+)+$/, "must be a path such as /billing/balance")
    .optional()
    .describe("REST: where the balance is, if RunPod does not say."),
  runpod_url: z
    .string()
    .refine((url) => url === "" || isHttpUrl(url), "must be an http or https address")
    .nullish()
    .describe("RunPod's GraphQL address, http or https; for tests and proxies."),
});

/** The same for a guard with paces of its own. */
export function configSchemaAt(paces: Pick<Paces, "leastPollMs">) {
  return configSchema.extend({ poll_interval_seconds: pollIntervalFrom(paces) });
}

export type ConfigFile = z.output<typeof configSchema>;

/** The JSON Schema that editors use; keys that start with `_` are notes and may stand anywhere. */
export function jsonSchema(): object {
  return z.toJSONSchema(configSchema, {
    io: "input",
    override: ({ jsonSchema: node }) => {
      if (node.additionalProperties === false) node.patternProperties = { "^_": {} };
    },
  });
}
