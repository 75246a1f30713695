import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { findChromium, noChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the browser of this run is spoken to. */
    readonly browser: string;
  }
}

/** A name that leads to this machine, as a stranger's name does after a rebinding. */
export const reboundName = "rebound.example";

/** One browser for the whole run, which reaches this machine and nothing else. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error(noChromium);
  const server = await chromium.launchServer({
    executablePath,
    host: "127.0.0.1",
    timeout: 120_000,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--host-resolver-rules=MAP ${reboundName} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
    ],
  });
  project.provide("browser", server.wsEndpoint());
  return () => server.close();
}
