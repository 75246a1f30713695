import { describe, expect, it, type TestContext } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { hourMs, servedWith, trainer } from "../http/served.ts";
import { becomes, expectNoSidewaysScroll, logIn, podOn, question } from "./sights.ts";
import { desk, phone, smallPhone, type Visitor, visitorOf } from "./visitor.ts";

/** What takes the most room in each column. */
const awkward: readonly NewPod[] = [
  {
    ...trainer,
    name: "a-very-long-name-of-a-pod-that-somebody-has-drawn-from-a-branch-0123456789",
    gpuTypeId: "NVIDIA RTX PRO 6000 Blackwell Server Edition",
    gpuCount: 8,
    costPerHrUsd: 31.92,
    startedAtMs: Date.now() - 4_999 * hourMs,
  },
  { id: "locked-0123456789", name: "W W", costPerHrUsd: 1_234.56, locked: true },
];

async function at(
  test: TestContext,
  viewport: { readonly width: number; readonly height: number },
  {
    pods,
    ...more
  }: {
    readonly reducedMotion?: "reduce" | "no-preference";
    readonly pods?: readonly NewPod[];
  } = {},
): Promise<Visitor> {
  const lease = { default_hours: 8_000, max_hours: 8_760, action: "stop" };
  const { origin, start } = await servedWith(test, {
    ...(pods !== undefined && { pods, balanceUsd: 123_456, config: { guards: { lease } } }),
  });
  await start();
  const visit = await visitorOf(test, { origin, viewport, ...more });
  await logIn(visit, origin);
  await podOn(visit.page, "p1").waitFor();
  return visit;
}

describe.concurrent("pods", () => {
  it.for([
    ["a phone", phone],
    ["a small phone", smallPhone],
  ] as const)("are cards on %s, and a thumb hits each button", async ([, viewport], test) => {
    const { page } = await at(test, viewport);

    await becomes(async () => expect(await page.getByRole("table").count()).toBe(0));
    await becomes(async () => expect(await page.getByRole("article").count()).toBe(1));
    await expectNoSidewaysScroll(page);
    for (const button of await page.getByRole("button").all()) {
      const { width = 0, height = 0 } = (await button.boundingBox()) ?? {};
      expect([await button.innerText(), width >= 44, height >= 44]).toEqual([
        await button.innerText(),
        true,
        true,
      ]);
    }
    await page.getByRole("button", { name: "Stop trainer" }).click();
    const box = await question(page).boundingBox();
    expect(box?.x ?? -1).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
  });

  it("are a table on a desk, and turn into cards as the window gets narrow", async (test) => {
    const { page } = await at(test, desk);
    await page.getByRole("table").waitFor();
    await becomes(async () => expect(await page.getByRole("article").count()).toBe(0));
    await expectNoSidewaysScroll(page);

    await page.setViewportSize(phone);

    await page.getByRole("article").waitFor();
    await becomes(async () => expect(await page.getByRole("table").count()).toBe(0));
  });

  it("need no scrolling sideways in a window of any width", async (test) => {
    const { page } = await at(test, desk, { pods: awkward });

    for (const width of [
      320, 480, 640, 800, 960, 1_024, 1_152, 1_279, 1_280, 1_366, 1_600, 2_560,
    ]) {
      await page.setViewportSize({ width, height: 900 });
      await becomes(() => expectNoSidewaysScroll(page));
    }
  });

  it("can be read at 400 % on a desk", async (test) => {
    const { page } = await at(test, { width: 320, height: 256 });

    await expectNoSidewaysScroll(page);
  });
});

it("nothing moves by itself where less motion is asked for", async (test) => {
  const { page } = await at(test, desk, { reducedMotion: "reduce" });

  const moving = await page.evaluate(`document.getAnimations().length`);

  expect(moving).toBe(0);
});
