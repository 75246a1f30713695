import * as z from "zod";
import { eventNames, severities } from "#guard/model/effect.ts";

const dollars = z.number().nullable();

/** What a webhook is sent. Keys may be added to version 1; none of these is taken away or means another thing. */
export const webhookSchema = z
  .object({
    version: z.literal(1).describe("Of this format."),
    id: z
      .string()
      .describe("The same at each try of one notification: to leave out what came twice by."),
    incident: z.string().describe("The same for all that is said of one thing: to group by."),
    status: z
      .enum(["firing", "resolved", "info"])
      .describe(
        "firing: it needs a look. resolved: its incident is over. info: for your information.",
      ),
    event: z.string().meta({
      description: "What it is about. A newer version may have more of them.",
      examples: [...eventNames],
    }),
    severity: z.enum(severities),
    title: z.string().describe("A few words."),
    text: z.string().describe("What happened, in a sentence or a few."),
    at: z.iso.datetime().describe("When it happened."),
    sent_at: z.iso.datetime().describe("When this try was made."),
    balance_usd: dollars.describe("null: unknown."),
    burn_per_hour_usd: dollars.describe("null: unknown."),
    hours_left: z
      .number()
      .nullable()
      .describe("How long the balance lasts at this burn. null: unknown, or nothing burns."),
    threshold: z
      .object({ name: z.string(), below_usd: dollars })
      .nullable()
      .describe("The threshold that it is about."),
    pods: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().nullable().describe("null: unknown."),
          cost_per_hour_usd: dollars.describe("null: unknown."),
        }),
      )
      .describe("The pods that it is about, the most expensive first, at most 100."),
    pods_left_out: z.int().min(0).describe("How many more there are."),
    next: z
      .array(
        z.object({
          what: z.string(),
          at: z.iso.datetime().nullable().describe("null: not at a certain time."),
        }),
      )
      .describe("What the guard will do, unless something changes."),
    remedy: z
      .object({
        words: z.string(),
        command: z.string().nullable().describe("null: there is no command for it."),
      })
      .nullable()
      .describe("What prevents it."),
    sender: z.object({ name: z.literal("runpodboss"), version: z.string() }),
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
