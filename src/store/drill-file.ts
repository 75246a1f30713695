import * as z from "zod";
import { writeAtomically } from "./atomic-write.ts";
import { readWhole } from "./open-file.ts";
import { ownerStart, refuseOthers, whoseText } from "./owner.ts";
import { drillFileOf } from "./paths.ts";

const content = z.object({ lastGoodAt: z.iso.datetime() });
const mostBytes = 4_096;

/** Remembers that everything worked. Throws what the disk throws, and where the file is not ours. */
export async function noteGoodDrill(stateFile: string, at: Date): Promise<void> {
  const path = drillFileOf(stateFile);
  await refuseOthers(path, "drill");
  await writeAtomically(
    path,
    `${ownerStart(path, "drill")}  "lastGoodAt": ${JSON.stringify(at)}\n}\n`,
  );
}

/** When everything last worked; undefined when that is not known, or cannot be read. */
export async function lastGoodDrill(stateFile: string): Promise<Date | undefined> {
  const path = drillFileOf(stateFile);
  try {
    const text = String(await readWhole(path, mostBytes));
    if (whoseText(text, path, "drill").kind === "others") return undefined;
    return new Date(content.parse(JSON.parse(text)).lastGoodAt);
  } catch {
    return undefined;
  }
}
