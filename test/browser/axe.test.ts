import { expect, it } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { findingsOn } from "./axe.ts";
import { visitorOf } from "./visitor.ts";

const csp = { "content-type": "text/html", "content-security-policy": "default-src 'none'" };

it.for<readonly [what: string, body: string, finding: RegExp]>([
  ["a field without a label", `<main><h1>One</h1><input></main>`, /^label: /],
  ["no heading", `<main><p>words</p></main>`, /^page-has-heading-one: /],
])("axe finds %s, behind the strictest policy too", async ([, body, finding], test) => {
  const html = `<!doctype html><html lang="en"><title>t</title>${body}`;
  const { origin } = await startService(answer(200, html, csp));
  const { page } = await visitorOf(test, { origin });
  await page.goto(origin);

  expect(await findingsOn(page)).toEqual([expect.stringMatching(finding)]);
});
