import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Settings } from "#config/settings.ts";
import { changesFor } from "#process/child-environment.ts";
import type { Context } from "#terminal/context.ts";

/** Whoever still runs by then has a browser open. */
const patienceMs = 3_000;

/**
 * Opens it in the browser of whoever sits here; in words why not. The browser outlives us, and gets no secret: everybody
 * on this machine can read the address.
 */
export async function openInBrowser(
  address: string,
  { apiKey, apiKeyNames, secretNames }: Pick<Settings, "apiKey" | "apiKeyNames" | "secretNames">,
  { env, redact }: Pick<Context, "env" | "redact">,
): Promise<string | undefined> {
  const opener = openerIn(env, process.platform);
  if (opener === undefined) return "There is no screen here to open a browser on";
  const { env: added, unsetEnv } = changesFor(undefined, {
    outer: env,
    apiKey,
    apiKeyNames,
    secretNames,
  });
  const all = { ...env, ...added };
  for (const name of unsetEnv) delete all[name];
  const child = spawn(opener, [address], { env: all, detached: true, stdio: "ignore" });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(`${opener} did not start: ${redact(error.message)}`));
    child.on("exit", (code) =>
      resolve(code === 0 ? undefined : `${opener} ended with ${code ?? "a signal"}`),
    );
  });
  const over = new AbortController();
  const late = pause(patienceMs, undefined, { signal: over.signal }).catch(() => undefined);
  const because = await Promise.race([ended, late]);
  over.abort();
  child.unref();
  return because;
}

/** Undefined where nobody would see it: over SSH, in a container, without a desktop. */
export function openerIn(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform === "darwin") return env["SSH_CONNECTION"] ? undefined : "open";
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? "xdg-open" : undefined;
}
