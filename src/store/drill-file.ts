import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { writeAtomically } from "./atomic-write.ts";

const content = z.object({ lastGoodAt: z.iso.datetime() });

/** Beside the state file, which only the daemon writes. */
function drillFileOf(stateFile: string): string {
  return join(dirname(stateFile), "drill.json");
}

/** Remembers that everything worked. Throws what the disk throws. */
export async function noteGoodDrill(stateFile: string, at: Date): Promise<void> {
  const text = `${JSON.stringify({ lastGoodAt: at.toISOString() })}\n`;
  await writeAtomically(drillFileOf(stateFile), text);
}

/** When everything last worked; undefined when that is not known, or cannot be read. */
export async function lastGoodDrill(stateFile: string): Promise<Date | undefined> {
  try {
    const text = await readFile(drillFileOf(stateFile), "utf8");
    return new Date(content.parse(JSON.parse(text)).lastGoodAt);
  } catch {
    return undefined;
  }
}
