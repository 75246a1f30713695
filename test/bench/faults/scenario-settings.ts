import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { realPaces } from "#paces.ts";

export const apiKey = "rpa_bench";

/** Settings as the real config gives them; `config` adds to these keys or replaces them. */
export async function settingsFrom(
  folder: string,
  config: Readonly<Record<string, unknown>>,
): Promise<Settings> {
  return loadConfig(writeConfig(folder, config), { PATH: process.env["PATH"] }, realPaces);
}

export function writeConfig(folder: string, config: Readonly<Record<string, unknown>>): string {
  const path = join(folder, "config.json");
  const whole = {
    api_key: apiKey,
    state_file: join(folder, "state", "state.json"),
    log_file: join(folder, "runpodboss.log"),
    ...config,
  };
  writeFileSync(path, JSON.stringify(whole), { mode: 0o600 });
  return path;
}
