import * as z from "zod";
import { dayMs } from "#guard/model/time.ts";
import type { Routes } from "#http/app.ts";
import { askedIn, moment } from "./asked.ts";

const [fewest, most, usual] = [8, 2_000, 500] as const;
const pointsRule = `must be a whole number from ${fewest} to ${most}`;

export const balanceQuery = z.strictObject({
  from: moment.optional().describe("A day before `to` if absent."),
  to: moment.optional().describe("Now if absent."),
  points: z
    .string()
    .regex(/^\d{1,4}$/, pointsRule)
    .transform(Number)
    .pipe(z.number().min(fewest, pointsRule).max(most, pointsRule))
    .optional()
    .describe(`So many at most, for a plot with room for them; ${usual} if absent.`),
});

export const balanceRoutes: Routes = (app, { view, clock }) => {
  app.get("/api/balance", (c) => {
    const read = askedIn(c, balanceQuery);
    if (read.kind === "failed") return c.json(read.failure, 400);
    const { to: toMs = clock.nowMs(), points = usual } = read.asked;
    const { from: fromMs = toMs - dayMs } = read.asked;
    if (fromMs >= toMs) {
      const error = "The query cannot be used: from: must be before to.";
      return c.json({ error, hint: null }, 400);
    }
    return c.json(view.balance({ fromMs, toMs, points }));
  });
};
