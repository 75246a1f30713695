import { describe, expect, it, type TestContext } from "vitest";
import { answer, type Got, startService } from "../notify/services/service.ts";
import { endsAskedOf, until } from "../e2e/guard.ts";
import { hourMs, type Served, servedWith, trainer } from "../http/served.ts";
import { findingsOn } from "./axe.ts";
import { becomes, expectNoSidewaysScroll, notLetIn } from "./sights.ts";
import { desk, phone, smallPhone, type Visitor, visitorOf } from "./visitor.ts";

interface Told extends Served {
  /** The links of the buttons that a phone was sent, by what they are labelled with. */
  readonly links: ReadonlyMap<string, string>;
  readonly visit: Visitor;
}

interface NtfyAction {
  readonly label: string;
  readonly url: string;
}

/** Somebody is told on the phone that a pod will be stopped soon. */
async function toldOfAnEnd(test: TestContext): Promise<Told> {
  const phoneService = await startService(answer(200, {}));
  const startedAtMs = Date.now() - 3.9 * hourMs;
  const served = await servedWith(test, {
    pods: [{ ...trainer, startedAtMs }],
    config: {
      notify: [{ type: "ntfy", url: `${phoneService.origin}/topic` }],
      guards: { lease: { default_hours: 4, max_hours: 12, action: "stop" }, warn_minutes: 15 },
    },
    isPublic: true,
  });
  await served.start();
  const links = await until("a notification with buttons", () => {
    const found = phoneService.got.flatMap(actionsIn);
    return found.length > 0 && new Map(found.map(({ label, url }) => [label, url]));
  });
  // Not logged in: a phone opens what it was sent.
  const visit = await visitorOf(test, { origin: served.origin, viewport: phone });
  visit.awaits(notLetIn);
  return { ...served, links, visit };
}

function actionsIn({ body }: Got): readonly NtfyAction[] {
  const { actions = [] } = JSON.parse(body) as { actions?: readonly NtfyAction[] };
  return actions;
}

function linkOf({ links }: Told, label: RegExp): string {
  const [, url] = [...links].find(([each]) => label.test(each)) ?? [];
  if (url === undefined) throw new Error(`no such button among ${[...links.keys()].join(", ")}`);
  return url;
}

const endsAtOf = async ({ guard }: Served): Promise<number> => {
  const { stdout } = await guard.command("status", "--json");
  return Date.parse((JSON.parse(stdout) as { pods: { ends_at: string }[] }).pods[0]?.ends_at ?? "");
};

describe("a button in a notification", () => {
  it("asks first, for whoever comes with nothing else; then it does it, once", async (test) => {
    const told = await toldOfAnEnd(test);
    const { page, awaits } = told.visit;
    const before = await endsAtOf(told);
    await page.goto(linkOf(told, /Extend/));
    await page.getByRole("heading", { name: /trainer/ }).waitFor();
    expect(await endsAtOf(told)).toBe(before);

    await page.getByRole("button", { name: /Extend/ }).click();

    await becomes(async () => expect(await endsAtOf(told)).toBeGreaterThan(before + hourMs));
    const after = await endsAtOf(told);
    awaits(/Failed to load resource: .* 4\d\d/);
    await page.goto(linkOf(told, /Extend/));
    await becomes(async () => expect(await page.getByRole("button").count()).toBe(0));
    expect(await endsAtOf(told)).toBe(after);
  });

  it("is acted on by no preview, however often it looks", async (test) => {
    const told = await toldOfAnEnd(test);
    const url = linkOf(told, /Stop/);
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      for (let n = 0; n < 3; n += 1) await (await fetch(url, { method })).body?.cancel();
    }

    const { page } = told.visit;
    await page.goto(url);
    expect(endsAskedOf(told.guard)).toEqual([]);
    await page.getByRole("button", { name: /Stop/ }).click();

    await becomes(() => expect(endsAskedOf(told.guard)).toEqual(["p1"]));
    await becomes(() => expect(told.guard.simulator.account.pod("p1")?.status).toBe("EXITED"));
  });

  it("is gone once its pod has ended", async (test) => {
    const told = await toldOfAnEnd(test);
    const { page, awaits } = told.visit;
    awaits(/Failed to load resource: .* 4\d\d/);
    told.guard.simulator.account.stopPod("p1");

    await becomes(async () => {
      await page.goto(linkOf(told, /Stop/));
      expect(await page.getByRole("button").count()).toBe(0);
    });
    expect(endsAskedOf(told.guard)).toEqual([]);
  });

  it("is fit for all, light and dark, on phones and a desk", async (test) => {
    const told = await toldOfAnEnd(test);
    const { page } = told.visit;
    await page.goto(linkOf(told, /Stop/));

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const viewport of [desk, phone, smallPhone]) {
        await page.setViewportSize(viewport);
        expect(await findingsOn(page), `${colorScheme}, ${viewport.width} wide`).toEqual([]);
        await expectNoSidewaysScroll(page);
      }
    }
  });
});
