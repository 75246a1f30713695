import * as z from "zod";
import { isHttpUrl } from "#config/reading/fields.ts";

const text = z.string().min(1);

/** The guard elsewhere that hears of this one, and stands in for it when it falls silent. */
export const outsideSchema = z.strictObject({
  url: z
    .string()
    .refine(isHttpUrl, "must be an http or https address")
    .describe("Where it is: the address that deploying it has printed."),
  account: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
      "must be one word of small letters, digits and -, of at most 40 characters",
    )
    .default("main")
    .describe("The account's name there."),
  key_env: text.optional().describe("The variable that holds the key of the beats."),
  key_file: text.optional().describe("A file that holds it and nothing else."),
  api_key_env: text
    .optional()
    .describe("The variable that holds a RunPod key for it alone, which may be of less scope."),
  api_key_file: text.optional().describe("A file that holds that key and nothing else."),
  on_silence: z
    .enum(["notify", "guard"])
    .default("notify")
    .describe("What it does when this guard is silent: notify, or guard: stop pods too."),
});
