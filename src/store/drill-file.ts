import * as z from "zod";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { ownerStart, refuseOthers, whoseText } from "./owner.ts";
import { drillFileOf } from "./paths.ts";

const content = z.object({ lastGoodAt: z.iso.datetime() });

const maxBytes = 64 * 1_024;

/** Remembers that everything worked. Throws what the disk throws, and where the file is not ours. */
export async function noteGoodDrill(stateFile: string, at: Date): Promise<void> {
  const path = drillFileOf(stateFile);
  await refuseOthers(path, "drill");
  const lastGoodAt = JSON.stringify(at);
  await writeAtomically(path, `${ownerStart(path, "drill")}  "lastGoodAt": ${lastGoodAt}\n}\n`);
}

/** When everything last worked; undefined when that is not known, or cannot be read. */
export async function lastGoodDrill(stateFile: string): Promise<Date | undefined> {
  const path = drillFileOf(stateFile);
  const found = await readSmallFile(path, { maxBytes });
  if (found.kind !== "read" || whoseText(found.text, path, "drill").kind === "others") {
    return undefined;
  }
  try {
    return new Date(content.parse(JSON.parse(found.text)).lastGoodAt);
  } catch {
    return undefined;
  }
}
