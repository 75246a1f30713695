import * as z from "zod";
import { type Paces, realPaces } from "#paces.ts";
import { argument, command, daySeconds, isHttpUrl } from "./fields.ts";
import { guardsSchema } from "./guards-schema.ts";
import { defaultPaths } from "./paths.ts";

/** Text that counts as absent when null or empty, as it did in the Python tool. */
const optionalText = z.string().nullish();

const threshold = z.strictObject({
  name: argument.min(1).describe("The name of the threshold in logs, notifications and the state."),
  below_usd: z
    .number()
    .positive()
    .describe("It trips when the balance is below this many dollars."),
  prompt: argument.min(1).describe("What the agent is told. Placeholders are filled in."),
  extra_notify_command: command.describe("Run on this threshold's trip instead of the global one."),
  backstop: z
    .strictObject({
      action: z
        .enum(["stop", "terminate"])
        .describe("stop keeps the volumes of pods; terminate deletes the pods."),
      after_seconds: z
        .number()
        .min(0)
        .max(daySeconds)
        .default(120)
        .describe("Seconds after the trip."),
    })
    .optional()
    .describe("Stops or terminates pods that still run this long after the trip."),
});

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
  $schema: z.string().optional().describe("Where an editor finds this schema."),
  api_key: optionalText.describe("The RunPod API key itself. A file or a variable is safer."),
  api_key_file: optionalText.describe("A file that holds the API key and nothing else."),
  api_key_env: optionalText.describe("The environment variable that holds the API key."),
  poll_interval_seconds: pollIntervalFrom(realPaces),
  max_runtime_seconds: z
    .number()
    .min(0)
    .default(0)
    .describe("The daemon ends cleanly after this many seconds; 0 means never."),
  state_file: optionalText.describe(`What must survive a restart. Default: ${defaultPaths.state}.`),
  log_file: optionalText.describe(`The log, as JSON lines. Default: ${defaultPaths.log}.`),
  claude_command: command.describe(
    'The agent; the prompt is its last argument. Default: ["claude", "-p"]; [] calls none.',
  ),
  claude_timeout_seconds: z
    .number()
    .positive()
    .max(daySeconds)
    .default(300)
    .describe("How long an agent may run before it is killed with everything it started."),
  claude_attempts: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe("How often an agent is tried: at once, at the next poll, then every 5 minutes."),
  agent_permissions: z
    .enum(["scoped", "inherit"])
    .default("scoped")
    .describe("scoped: Claude Code may stop and delete the unprotected pods, and nothing else."),
  agent_max_turns: z.int().min(1).default(30).describe("How many turns Claude Code may take."),
  agent_max_budget_usd: z
    .number()
    .positive()
    .default(2)
    .describe("How many dollars one call of Claude Code may cost."),
  extra_notify_command: command.describe("The notify command: run on every notification."),
  notify_timeout_seconds: z
    .number()
    .positive()
    .max(daySeconds)
    .default(30)
    .describe("How long a notify command may run."),
  blind_after_seconds: z
    .number()
    .min(0)
    .default(300)
    .describe("Seconds without a successful poll before that is notified."),
  protect: z
    .array(z.string().min(1))
    .default([])
    .describe("Ids or names of pods that nothing may stop or delete; * and ? are wildcards."),
  thresholds: z.array(threshold).min(1).describe("The balances below which something happens."),
  guards: guardsSchema.prefault({}).describe("The guards of single pods."),
  history_days: z
    .number()
    .min(1)
    .max(3_660)
    .default(90)
    .describe("How many days the history goes back."),
  dry_run: z.boolean().default(false).describe("Poll and decide, but run and stop nothing."),
  runpod_url: z
    .string()
    .refine((url) => url === "" || isHttpUrl(url), "must be an http or https address")
    .nullish()
    .describe("RunPod's GraphQL address; for tests and proxies."),
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
