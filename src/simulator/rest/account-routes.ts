import { json } from "#simulator/sending.ts";
import type { Route } from "./routes.ts";

/** The cap that is checked when something starts; it says nothing of what burns. */
const spendRateCapUsd = 80;

const number = { type: "number" };

export function account(balancePath: string): readonly Route[] {
  return [
    {
      method: "GET",
      path: balancePath,
      does: () => "look",
      scope: "billing:read",
      fields: {
        balanceAmount: number,
        billingMode: { type: "string", enum: ["PREPAID", "POSTPAID"] },
      },
      answer: (visit) =>
        json(200, {
          balanceAmount: visit.account.balanceUsd(),
          billingMode: visit.account.billingMode(),
        }),
    },
    {
      method: "GET",
      path: "/v2/account/limits",
      does: () => "limits",
      scope: "account:read",
      fields: { spendRate: number },
      answer: () => json(200, { spendRate: spendRateCapUsd }),
    },
  ];
}
