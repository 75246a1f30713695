import { describe, expect, it, type TestContext } from "vitest";
import { endsAskedOf, type GuardOptions } from "../e2e/guard.ts";
import { hourMs, type Served, servedWith, trainer } from "../http/served.ts";
import { logIn, main, podOn, question, shows, textOn } from "./sights.ts";
import { desk, phone, type Visitor, visitorOf } from "./visitor.ts";

interface AtThePage extends Served {
  readonly visit: Visitor;
}

const lease = { default_hours: 4, max_hours: 12, action: "stop" };
const idle = { after_minutes: 30, action: "stop" };

async function atThePage(
  test: TestContext,
  options: GuardOptions = {},
  viewport = desk,
): Promise<AtThePage> {
  const served = await servedWith(test, options);
  await served.start();
  const visit = await visitorOf(test, { origin: served.origin, viewport });
  await logIn(visit, served.origin);
  return { ...served, visit };
}

const statusOf = ({ guard }: Served, id = "p1") => guard.simulator.account.pod(id)?.status;

describe.concurrent.for([
  ["at a desk", desk],
  ["on a phone", phone],
] as const)("%s", ([, viewport]) => {
  it("a pod is stopped after a question, and the proof comes while one looks", async (test) => {
    const here = await atThePage(test, {}, viewport);
    const { page } = here.visit;

    await podOn(page, "trainer").getByRole("button", { name: "Stop trainer" }).click();
    await shows(question(page), /trainer/);
    await shows(question(page), /\$1\.49\/h/);
    expect(endsAskedOf(here.guard)).toEqual([]);
    await question(page).getByRole("button", { name: /^Stop/ }).click();

    await shows(page, /asked RunPod to stop it/);
    await shows(page, /the burn fell from \$1\.49\/h to \$0\.00\/h/);
    expect(statusOf(here)).toBe("EXITED");
    expect(endsAskedOf(here.guard)).toEqual(["p1"]);
    await shows(main(page), /trainer.*stopped|stopped by hand|on the page/i);
  });
});

describe.concurrent("a button", () => {
  it("asks first: who cancels has asked for nothing", async (test) => {
    const here = await atThePage(test);
    const { page } = here.visit;
    for (const action of ["Stop", "Terminate"]) {
      await page.getByRole("button", { name: `${action} trainer` }).click();
      await question(page)
        .getByRole("button", { name: /^Keep it/ })
        .click();
      await question(page).waitFor({ state: "hidden" });
      await page.getByRole("button", { name: `${action} trainer` }).click();
      await page.keyboard.press("Escape");
      await question(page).waitFor({ state: "hidden" });
    }

    expect(endsAskedOf(here.guard)).toEqual([]);
    expect(statusOf(here)).toBe("RUNNING");
  });

  it("Terminate says what is lost, and deletes the pod", async (test) => {
    const here = await atThePage(test);
    const { page } = here.visit;

    await page.getByRole("button", { name: "Terminate trainer" }).click();
    await shows(question(page), /LOSES/);
    await question(page)
      .getByRole("button", { name: /^Terminate/ })
      .click();

    await podOn(page, "trainer").waitFor({ state: "detached" });
    expect(statusOf(here)).toBeUndefined();
  });

  it("Extend puts the end off, and shows it", async (test) => {
    const startedAtMs = Date.now() - 3 * hourMs;
    const here = await atThePage(test, {
      pods: [{ ...trainer, startedAtMs }],
      config: { guards: { lease } },
    });
    const { page } = here.visit;
    await shows(podOn(page, "trainer"), /^in 59 min|^in 1 h/);

    await page.getByRole("button", { name: "Extend trainer" }).click();
    await question(page).getByRole("radio", { name: /2 h/ }).check();
    await question(page)
      .getByRole("button", { name: /^Extend/ })
      .click();

    await shows(podOn(page, "trainer"), /^in 2 h 59 min|^in 3 h/);
    await expect(here.guard.command("status")).resolves.toMatchObject({
      stdout: expect.stringMatching(/trainer.* (?:2h 59m|3h 0m) +lease/),
    });
  });

  it("Touch says that the pod is at work", async (test) => {
    const here = await atThePage(test, {
      pods: [{ ...trainer, telemetry: { cpuPercent: 0, memoryPercent: 0, gpuPercents: [0] } }],
      config: { guards: { idle } },
    });
    const { page } = here.visit;

    await page.getByRole("button", { name: "Touch trainer" }).click();
    await question(page)
      .getByRole("button", { name: /^Touch/ })
      .click();

    await shows(page, /touched|counts as active|is active/i);
  });

  it("is not there for a pod that is protected or locked, and the page says why", async (test) => {
    const here = await atThePage(test, {
      pods: [
        { ...trainer, id: "p1", name: "keep-me" },
        { ...trainer, id: "p2", name: "held", locked: true },
        { ...trainer, id: "p3", name: "free" },
      ],
      config: { protect: ["keep-me"] },
    });
    const { page } = here.visit;
    await page.getByRole("button", { name: "Stop free" }).waitFor();

    for (const [name, why] of [
      ["keep-me", /protected/],
      ["held", /locked/],
    ] as const) {
      await shows(podOn(page, name), why);
      expect(
        await podOn(page, name)
          .getByRole("button", { name: /Stop|Terminate/ })
          .count(),
      ).toBe(0);
    }
  });

  it("that comes too late is refused in words: the pod is another run by now", async (test) => {
    const here = await atThePage(test);
    const { page, awaits } = here.visit;
    awaits(/Failed to load resource: .* 4\d\d/);
    // The page would know it by itself within moments: what it sends is of the run before.
    await page.route("**/api/pods/p1/stop", (route) =>
      route.continue({ postData: JSON.stringify({ run: "another" }) }),
    );

    await page.getByRole("button", { name: "Stop trainer" }).click();
    await question(page).getByRole("button", { name: /^Stop/ }).click();

    await shows(question(page).or(main(page)), /restarted since/i);
    expect(endsAskedOf(here.guard)).toEqual([]);
  });

  it("whose end is not proven says so, and does not say that it is done", async (test) => {
    const here = await atThePage(test);
    const { page } = here.visit;
    here.guard.simulator.failAll("stop-lies");

    await page.getByRole("button", { name: "Stop trainer" }).click();
    await question(page).getByRole("button", { name: /^Stop/ }).click();

    await shows(page, /may still run|not proven|still runs/i);
    expect(await textOn(page)).not.toMatch(/Pod trainer .*stopped\b/);
  });

  it("in a dry run does nothing, and says so", async (test) => {
    const here = await atThePage(test, { config: { dry_run: true } });
    const { page, awaits } = here.visit;
    awaits(/Failed to load resource: .* 4\d\d/);

    await page.getByRole("button", { name: "Stop trainer" }).click();
    await question(page).getByRole("button", { name: /^Stop/ }).click();

    await shows(question(page).or(main(page)), /dry run/i);
    expect(endsAskedOf(here.guard)).toEqual([]);
  });

  it("pressed in two tabs asks RunPod once", async (test) => {
    const here = await atThePage(test);
    const other = await here.visit.context.newPage();
    await other.goto(here.origin);
    const pages = [here.visit.page, other];
    for (const page of pages) await page.getByRole("button", { name: "Stop trainer" }).click();

    await question(here.visit.page).getByRole("button", { name: /^Stop/ }).click();

    await shows(here.visit.page, /the burn fell/);
    await shows(question(other), /has stopped since you asked/);
    expect(endsAskedOf(here.guard)).toEqual(["p1"]);
  });
});
