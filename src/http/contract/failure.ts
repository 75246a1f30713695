import * as z from "zod";

/** Every answer that is not 2xx. */
export const failure = z.object({
  error: z.string().describe("What was wrong, in a sentence."),
  hint: z.string().nullable().describe("What to do."),
});

export type Failure = z.infer<typeof failure>;
