import * as z from "zod";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "./atomic-write.ts";
import { drillFileOf } from "./paths.ts";

const content = z.object({ lastGoodAt: z.iso.datetime() });

const maxBytes = 64 * 1_024;

/** Remembers that everything worked. Throws what the disk throws. */
export async function noteGoodDrill(stateFile: string, at: Date): Promise<void> {
  const text = `${JSON.stringify({ lastGoodAt: at.toISOString() })}\n`;
  await writeAtomically(drillFileOf(stateFile), text);
}

/** When everything last worked; undefined when that is not known, or cannot be read. */
export async function lastGoodDrill(stateFile: string): Promise<Date | undefined> {
  const found = await readSmallFile(drillFileOf(stateFile), { maxBytes });
  if (found.kind !== "read") return undefined;
  try {
    return new Date(content.parse(JSON.parse(found.text)).lastGoodAt);
  } catch {
    return undefined;
  }
}
