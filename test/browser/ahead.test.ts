import { describe, expect, it } from "vitest";
import { servedWith, trainer } from "../http/served.ts";
import { findingsOn } from "./axe.ts";
import { becomes, expectNoSidewaysScroll, logIn, main, question, shows } from "./sights.ts";
import { desk, smallPhone, visitorOf } from "./visitor.ts";

const config = {
  budgets: [
    { name: "daily", usd: 2, per: "day", action: "notify", freeze: true },
    { name: "a-name-as-long-as-any-budget-may-have-40", usd: 50, per: "month", action: "notify" },
  ],
  schedules: [{ name: "evening", cron: "0 19 * * *", pods: ["dev-*"], action: "stop" }],
};

describe.concurrent("budgets and schedules on the page", () => {
  it.for([
    ["at a desk", desk],
    ["on a small phone", smallPhone],
  ] as const)(
    "%s: one is lifted and one skipped, each after a question",
    async ([, viewport], test) => {
      const served = await servedWith(test, { balanceUsd: 20, pods: [trainer], config });
      await served.start();
      const visit = await visitorOf(test, { origin: served.origin, viewport });
      await logIn(visit, served.origin);
      const { page } = visit;
      await shows(main(page), /Budget daily \$\d+\.\d\d of \$2\.00 today/);
      served.drain(3 * 3_600_000);
      await shows(main(page), /Used up, frozen until/);

      await page.getByRole("button", { name: "Skip evening" }).click();
      await shows(question(page), /nothing is stopped then/);
      await question(page).getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Skip evening" }).click();
      await question(page).getByRole("button", { name: /^Skip/ }).click();
      await shows(question(page), /Schedule evening is passed over at/);
      await question(page).getByRole("button", { name: "Close" }).click();
      await shows(main(page), /Schedule evening .*: passed over/);
      await becomes(async () =>
        expect(await page.getByRole("button", { name: "Skip evening" }).count()).toBe(0),
      );

      await page.getByRole("button", { name: "Unfreeze daily" }).click();
      await question(page)
        .getByRole("button", { name: /^Unfreeze/ })
        .click();
      await shows(question(page), /Budget daily is lifted until/);
      await question(page).getByRole("button", { name: "Close" }).click();
      await shows(main(page), /Used up, lifted/);
      expect(await findingsOn(page)).toEqual([]);
      await expectNoSidewaysScroll(page);
    },
  );
});
