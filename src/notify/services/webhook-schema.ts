import * as z from "zod";
import { eventNames, severities } from "#guard/model/effect.ts";

const dollars = z.number().nullable();

/** What a webhook is sent. Keys may be added to version 1; none of these is taken away or means another thing. */
export const webhookSchema = z
  .object({
    version: z.literal(1).describe("Of this format."),
    id: z.string().describe("The same at each try: leave out what comes twice by it."),
    incident: z.string().describe("The same for all that is said of one thing."),
    status: z
      .enum(["firing", "resolved", "info"])
      .describe("`firing`; `resolved`: the incident is over; `info`: just so."),
    event: z.string().meta({
      description: "What it is about: `RUNPODBOSS_EVENT` of a notify command.",
      examples: [...eventNames],
    }),
    severity: z.enum(severities).describe("`info`, `warning` or `critical`."),
    title: z.string().describe("A few words."),
    text: z.string().describe("What happened."),
    at: z.iso.datetime().describe("When it happened."),
    sent_at: z.iso.datetime().describe("When this try was made."),
    seen_at: z.iso.datetime().nullable().describe("When the numbers are of. null: of `at`."),
    balance_usd: dollars.describe("null: unknown."),
    burn_per_hour_usd: dollars.describe("null: unknown."),
    hours_left: dollars.describe("Balance by burn. null: unknown or old, or nothing burns."),
    threshold: z
      .object({
        name: z.string().describe("As the config has it."),
        below_usd: dollars.describe("null: unknown."),
      })
      .nullable()
      .describe("null: it is about none."),
    pods: z
      .array(
        z.object({
          id: z.string().describe("RunPod's."),
          name: z.string().nullable().describe("null: unknown, or it has none."),
          cost_per_hour_usd: dollars.describe("null: unknown."),
        }),
      )
      .describe("The pods that it is about, the dearest first, at most 100."),
    pods_left_out: z.int().min(0).describe("How many more there are."),
    next: z
      .array(
        z.object({
          what: z.string().describe("In words: `stop pod trainer (p1)`."),
          at: z.iso.datetime().nullable().describe("null: at no certain time."),
        }),
      )
      .describe("What the guard will do, unless something changes."),
    remedy: z
      .object({
        words: z.string().describe("`To keep it`"),
        command: z.string().nullable().describe("What to type. null: it is no command."),
      })
      .nullable()
      .describe("What prevents it; null: nothing does."),
    buttons: z
      .array(
        z.object({
          label: z.string().describe("`Extend 2 h`, `Stop now`."),
          url: z.string().describe("A page that asks first. A secret: it works once."),
        }),
      )
      .describe("What can be done about it from afar; empty without `http.public_url`."),
    sender: z
      .object({
        name: z.literal("runpodboss").describe("The program."),
        version: z.string().describe("Of the program."),
      })
      .describe("Who sends it."),
  })
  .describe("A notification of RunPodBoss.");

export type WebhookBody = z.infer<typeof webhookSchema>;

/** For whoever receives it. Keys that it does not name may come with a newer version. */
export function webhookJsonSchema(): object {
  return z.toJSONSchema(webhookSchema, {
    override({ jsonSchema: node }) {
      if (node.additionalProperties === false) delete node.additionalProperties;
    },
  });
}
