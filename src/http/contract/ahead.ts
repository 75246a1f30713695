import * as z from "zod";
import { iso } from "./time.ts";

/** What became of a wish about a schedule or a budget. It holds as soon as it is answered. */
export const wished = z.object({
  name: z.string().describe("Of the schedule or the budget."),
  until: iso
    .nullable()
    .describe("The moment that is passed over, or until when the budget is lifted."),
  words: z.string(),
  troubles: z.array(z.string()).describe("What could not be written down although it is done."),
});

/** Nothing more is asked for than what the address says. */
export const wishAsked = z.strictObject({});

export type WishedAnswer = z.infer<typeof wished>;
