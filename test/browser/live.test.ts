import { describe, expect, it, type TestContext } from "vitest";
import type { GuardOptions } from "../e2e/guard.ts";
import { hourMs, type Served, servedWith, trainer } from "../http/served.ts";
import { becomes, cutOff, logIn, main, markPage, podOn, shows, textOn } from "./sights.ts";
import { desk, phone, type Visitor, visitorOf } from "./visitor.ts";

interface Looking extends Served {
  readonly visit: Visitor;
}

async function looking(
  test: TestContext,
  options: GuardOptions = {},
  viewport = desk,
): Promise<Looking> {
  const served = await servedWith(test, options);
  await served.start();
  const visit = await visitorOf(test, { origin: served.origin, viewport });
  await logIn(visit, served.origin);
  return { ...served, visit };
}

describe.concurrent("what is seen without reloading", () => {
  it("the balance falls, and a threshold fires", async (test) => {
    const { visit, drain } = await looking(test, { balanceUsd: 12 });
    const { page } = visit;
    const isTheSame = await markPage(page);
    await shows(main(page), "$12.00");
    await shows(page.getByRole("list", { name: "Thresholds" }), /armed/);

    drain(hourMs);
    await shows(main(page), "$10.51");
    drain(hourMs);
    await shows(main(page), "$9.02");

    await shows(
      page
        .getByRole("list", { name: "Thresholds" })
        .getByRole("listitem")
        .filter({ hasText: "warning" }),
      /fired/,
    );
    await shows(main(page), /balance \$9\.02 is below \$10\.00|below \$10\.00/i);
    expect(await isTheSame()).toBe(true);
  });

  it("a pod that starts, and one that ends", async (test) => {
    const { visit, guard } = await looking(test);
    const { page } = visit;
    await podOn(page, "trainer").waitFor();

    guard.simulator.account.addPod({ id: "p2", name: "newcomer", costPerHrUsd: 0.5 });
    await podOn(page, "newcomer").waitFor();
    guard.simulator.account.terminatePod("p1");

    await podOn(page, "trainer").waitFor({ state: "detached" });
  });

  it("in two tabs, and in one as in the other", async (test) => {
    const { visit, drain, origin } = await looking(test, { balanceUsd: 15 });
    const other = await visit.context.newPage();
    await other.goto(origin);

    drain(hourMs);

    for (const page of [visit.page, other]) await shows(main(page), "$13.51");
  });

  it("blind across the top, and what was last seen; and its end", async (test) => {
    const { visit, guard } = await looking(test, { balanceUsd: 15 });
    const { page } = visit;
    await shows(main(page), "$15.00");

    guard.simulator.failAll("http-500");
    await shows(page, /^Blind for/);

    await shows(main(page), /Unknown/);
    const words = await textOn(page);
    expect(words).toContain("HTTP 500");
    expect(words).toMatch(/was \$15\.00/);
    expect(words).not.toContain("$0.00");
    expect(words).not.toMatch(/no pods/i);
    await podOn(page, "trainer").waitFor();

    guard.simulator.clearFaults();
    await page.getByText(/^Blind for/).waitFor({ state: "detached" });
    await shows(main(page), "$15.00");
  });

  it("the daemon gone and back: the page says so, goes on by itself, and doubles nothing", async (test) => {
    const served = await servedWith(test, { balanceUsd: 12 });
    const first = await served.start();
    const visit = await visitorOf(test, { origin: served.origin });
    await logIn(visit, served.origin);
    const { page, awaits } = visit;
    const isTheSame = await markPage(page);
    served.drain(2 * hourMs);
    await shows(main(page), "$9.02");
    awaits(cutOff);

    first.signal("SIGTERM");
    await first.ended;
    await shows(page, /daemon last polled/);
    expect(await textOn(page)).not.toMatch(/^Live,/m);
    await podOn(page, "trainer").waitFor();

    served.drain(hourMs);
    await served.start();
    await page.getByText(/daemon last polled/).waitFor({ state: "detached" });
    await shows(main(page), "$7.53");
    expect(await isTheSame()).toBe(true);
    const events = page.getByRole("region", { name: "What happened" }).getByRole("listitem");
    await becomes(async () => {
      const told = (await events.allInnerTexts()).filter((each) => /warning/.test(each));
      expect(told).toHaveLength(1);
    });
  });
});

describe.concurrent("what nobody has seen is not shown as nothing", () => {
  it("pods that cannot be read are unknown, and no table is empty", async (test) => {
    const served = await servedWith(test);
    served.guard.simulator.failAll("pods-null");
    await served.start();
    for (const viewport of [desk, phone]) {
      const visit = await visitorOf(test, { origin: served.origin, viewport });
      await logIn(visit, served.origin);

      await shows(main(visit.page), /Which pods run is unknown/);
      await becomes(async () => expect(await visit.page.getByRole("table").count()).toBe(0));
      expect(await textOn(visit.page)).not.toMatch(/no pods|nothing runs|0 running/i);
    }
  });

  it("an account that nobody has seen yet has no balance, no pods and no $0", async (test) => {
    const served = await servedWith(test);
    served.guard.simulator.failAll("http-401");
    await served.start();
    const visit = await visitorOf(test, { origin: served.origin });
    await logIn(visit, served.origin);

    await shows(visit.page, /Blind for/);
    await shows(main(visit.page), /Unknown/);
    const words = await textOn(visit.page);
    expect(words).toContain("No balance has been seen yet");
    expect(words).not.toMatch(/\$0(?!\.5)|no pods|nothing runs|\b0 running/i);
    await becomes(async () => expect(await visit.page.getByRole("table").count()).toBe(0));
  });

  it("no pods are no pods, in words", async (test) => {
    const { visit } = await looking(test, { pods: [] });

    await shows(main(visit.page), /No pods/);
    await becomes(async () => expect(await visit.page.getByRole("table").count()).toBe(0));
  });

  it("a dry run says so", async (test) => {
    const { visit } = await looking(test, { config: { dry_run: true } });

    await shows(visit.page, /dry run/i);
  });

  it("what burns that no pod explains has its words", async (test) => {
    const { visit, guard, drain } = await looking(test, { pods: [{ ...trainer }] });
    guard.simulator.account.setOtherBurn(2);
    drain(1);

    await shows(main(visit.page), /\$2\.00\/h/);
  });
});
