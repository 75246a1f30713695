import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds on the page as it stands, also what it is not sure of, in words; nothing is to be found. */
export async function findingsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate<Results>(
    `axe.run(document, { resultTypes: ["violations", "incomplete"] })`,
  );
  return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`),
  );
}

type Results = Pick<axe.AxeResults, "violations" | "incomplete">;
