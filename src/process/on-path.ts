import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { absoluteOnly } from "./child-environment.ts";

/** Where a program is found that is started by its name, or by a path; undefined when nowhere. */
export async function programAt(
  program: string,
  path: string | undefined,
): Promise<string | undefined> {
  const candidates = program.includes("/")
    ? [program]
    : absoluteOnly(path ?? "")
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, program));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
