import { readFile } from "node:fs/promises";
import * as z from "zod";
import { writeAtomically } from "./atomic-write.ts";
import { drillFileOf } from "./paths.ts";

const content = z.object({ lastGoodAt: z.iso.datetime() });

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
