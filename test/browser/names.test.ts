import { expect, it } from "vitest";
import { servedWith } from "../http/served.ts";
import { expectNoSidewaysScroll, logIn, main, podOn, question, textOn } from "./sights.ts";
import { desk, phone, smallPhone, visitorOf } from "./visitor.ts";

const picture = "<img src=x onerror=alert(1)>";
const names: readonly (readonly [what: string, name: string])[] = [
  ["a picture that runs a script", picture],
  ["a script", "</td></script><script>alert(1)</script>"],
  ["a placeholder of a template", "${alert(1)}{{alert(1)}}"],
  ["an address of a script", "javascript:alert(1)"],
  ["an end of an attribute", `"' onfocus="alert(1)" autofocus x="`],
  ["an override of the direction", "evil‮drowssap"],
  ["200 letters without a space", "W".repeat(200)],
  ["letters of another script", "مدرب النموذج"],
  ["what stands on all objects", "__proto__"],
];

it("a name is its letters, and nothing else, wherever it stands", async (test) => {
  const served = await servedWith(test, {
    balanceUsd: 9,
    pods: names.map(([, name], n) => ({ id: `p${n}`, name, costPerHrUsd: 0.1 })),
    config: { thresholds: [{ name: `<b onclick="alert(1)">w</b>`, below_usd: 10, prompt: "-" }] },
  });
  await served.start();

  for (const viewport of [desk, phone, smallPhone]) {
    const visit = await visitorOf(test, { origin: served.origin, viewport });
    const { page } = visit;
    const alerts: string[] = [];
    page.on("dialog", (dialog) => {
      alerts.push(dialog.message());
      void dialog.dismiss();
    });
    await logIn(visit, served.origin);
    await page.getByText(picture).first().waitFor();

    await main(page).getByText(`<b onclick="alert(1)">w</b>`).first().waitFor();
    expect(await page.locator("main :is(img, script, b, [onclick], [onfocus])").count()).toBe(0);
    await expectNoSidewaysScroll(page);
    expect(await textOn(page)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    for (const n of names.keys()) {
      await podOn(page, `p${n}`).getByRole("button", { name: /^Stop/ }).click();
      await question(page).waitFor();
      await expectNoSidewaysScroll(page);
      await page.keyboard.press("Escape");
      await question(page).waitFor({ state: "hidden" });
    }
    expect(alerts).toEqual([]);
  }
});
