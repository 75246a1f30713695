import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect, inject, onTestFinished, type TestContext } from "vitest";

/** A bound for what never comes, and not a measure: busy machines are slow. */
export const patienceMs = 90_000;

export const phone = { width: 390, height: 844 };
export const smallPhone = { width: 320, height: 640 };
export const desk = { width: 1366, height: 900 };

interface VisitOptions {
  /** The one place that the browser may ask for anything. */
  readonly origin: string;
  /** Others that a test itself sets up. */
  readonly alsoFrom?: readonly string[];
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly timezoneId?: string;
  readonly locale?: string;
  readonly reducedMotion?: "reduce" | "no-preference";
}

/** Somebody with a browser of their own: no cookies, no memory of another test. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What goes wrong on purpose: whatever the browser says of it is no fault. */
  readonly awaits: (trouble: RegExp) => void;
  /** What has gone wrong until now, awaited or not. */
  readonly faults: () => readonly string[];
}

let connected: Promise<Browser> | undefined;

/** The browser of this run, connected to once by each worker. */
function browserOfRun(): Promise<Browser> {
  connected ??= chromium.connect(inject("browser"), { timeout: patienceMs });
  return connected;
}

/**
 * Somebody comes with a browser. At the end of the test there must have been no error of a page, none on the
 * console, nothing that a policy had to refuse, and no request to any other place.
 */
export async function visitorOf(
  test: Pick<TestContext, "onTestFinished">,
  { origin, alsoFrom = [], viewport = desk, ...options }: VisitOptions,
): Promise<Visitor> {
  const browser = await browserOfRun();
  const isPhone = viewport.width < desk.width / 2;
  const context = await browser.newContext({
    viewport,
    reducedMotion: "reduce",
    hasTouch: isPhone,
    isMobile: isPhone,
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  const faults: string[] = [];
  const awaited: RegExp[] = [];
  const places = [origin, ...alsoFrom];
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      faults.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  context.on("weberror", (error) => faults.push(`page: ${error.error().message}`));
  context.on("request", (request) => {
    const from = new URL(request.url()).origin;
    if (!places.includes(from)) faults.push(`asked another place: ${request.url()}`);
  });
  test.onTestFinished(async () => {
    await context.close();
    const unexpected = faults.filter((fault) => !awaited.some((each) => each.test(fault)));
    expect(unexpected, "what went wrong in the browser").toEqual([]);
  });
  const page = await context.newPage();
  return {
    page,
    context,
    awaits: (trouble) => void awaited.push(trouble),
    faults: () => [...faults],
  };
}

/** The same, of a test that runs alone. */
export function visitor(options: VisitOptions): Promise<Visitor> {
  return visitorOf({ onTestFinished }, options);
}
