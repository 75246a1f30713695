import * as z from "zod";
import { UserError } from "#errors.ts";
import { recordTypes } from "#guard/model/run.ts";
import { dayMs } from "#guard/model/time.ts";
import type { Routes } from "#http/app.ts";
import type { Failure } from "#http/contract/failure.ts";
import { Busy } from "#http/view/history-asking.ts";
import { cursorIn, longestCursor } from "#http/view/history-cursor.ts";
import { askedIn, moment } from "./asked.ts";

const beforeWords = "must be the next_before of an answer";

export const historyQuery = z.strictObject({
  since: moment.optional().describe("A day ago if absent."),
  pod: z
    .string()
    .min(1, "must not be empty")
    .max(200, "must have at most 200 characters")
    .optional()
    .describe("An id, the beginning of only one, or a name."),
  type: z.enum(recordTypes, { error: `must be one of ${recordTypes.join(", ")}` }).optional(),
  before: z
    .string()
    .max(longestCursor, beforeWords)
    .transform((text, context) => {
      const cursor = cursorIn(text);
      if (cursor === undefined) context.addIssue({ code: "custom", message: beforeWords });
      return cursor ?? z.NEVER;
    })
    .optional()
    .describe("The next_before of the answer before, asked for with the same since, pod and type."),
});

export const historyRoutes: Routes = (app, { view, clock, redact }) => {
  app.get("/api/history", async (c) => {
    const read = askedIn(c, historyQuery);
    if (read.kind === "failed") return c.json(read.failure, 400);
    const { since: sinceMs = clock.nowMs() - dayMs, pod: podId, type, before } = read.asked;
    try {
      return c.json(await view.history({ sinceMs, podId, type, before }, c.req.raw.signal));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const failure: Failure = {
        error: redact(error.message),
        hint: error.hint === undefined ? null : redact(error.hint),
      };
      return c.json(failure, statusOf(error));
    }
  });
};

function statusOf(error: UserError): 400 | 500 | 503 {
  if (error instanceof Busy) return 503;
  // The disk's fault is not the fault of whoever asks.
  return error.cause === undefined ? 400 : 500;
}
