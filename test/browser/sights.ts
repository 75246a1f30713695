import type { Locator, Page } from "playwright-core";
import { expect, vi } from "vitest";
import { token } from "../http/served.ts";
import { patienceMs, type Visitor } from "./visitor.ts";

/** Chromium's words for an answer that is no success; a page may be asked for without being let in. */
export const notLetIn = /Failed to load resource: .* 401 \(Unauthorized\)/;

/** What the browser says while nothing listens there. */
export const cutOff = /Failed to load resource: net::ERR_\w+|net::ERR_\w+/;

/** Comes to the page as a person does who was told the token. */
export async function logIn({ page, awaits }: Visitor, origin: string): Promise<void> {
  awaits(notLetIn);
  await page.goto(origin);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Pods" }).waitFor();
}

/** Waits until these words are to be seen there. */
export async function shows(where: Locator | Page, words: RegExp | string): Promise<void> {
  await where.getByText(words).first().waitFor();
}

/** Waits until it is so. */
export function becomes(isSo: () => Promise<void> | void): Promise<void> {
  return vi.waitFor(isSo, { timeout: patienceMs, interval: 100 });
}

export function textOn(page: Page): Promise<string> {
  return page.locator("body").innerText();
}

export function main(page: Page): Locator {
  return page.getByRole("main");
}

/** A pod's row of the table, or its card: by its name or its id. */
export function podOn(page: Page, nameOrId: string): Locator {
  return page
    .getByRole("row")
    .or(page.getByRole("article"))
    .filter({ has: page.locator("bdi", { hasText: new RegExp(`^${nameOrId}$`) }) });
}

export function question(page: Page): Locator {
  return page.getByRole("dialog");
}

/** From now on the page says whether it was ever loaded anew. */
export async function markPage(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate("void (window.isTheSamePage = true)");
  return async () => (await page.evaluate("window.isTheSamePage === true")) as boolean;
}

/** Nothing is cut off at the side, and nobody has to scroll there. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { wide, wider } = await page.evaluate<{ wide: number; wider: readonly string[] }>(`(() => {
    const root = document.documentElement;
    const wider = [...document.querySelectorAll("body *")]
      .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1)
      .filter((each) => !each.closest(".visually-hidden") && each.checkVisibility())
      .map((each) => each.outerHTML.slice(0, 120));
    return { wide: root.scrollWidth - root.clientWidth, wider };
  })()`);
  expect({ wide, wider }).toEqual({ wide: 0, wider: [] });
}
