import * as z from "zod";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { ownerStart, refuseOthers, whoseText } from "./owner.ts";
import { channelsFileOf } from "./paths.ts";

/** By the name of a channel: when a test last worked, and with which settings. */
export type Tested = Readonly<Record<string, TestedChannel>>;

interface TestedChannel {
  readonly at: string;
  /** Of the settings it had: another address is another channel. */
  readonly mark: string;
}

const content = z.object({
  tested: z.record(z.string(), z.object({ at: z.iso.datetime(), mark: z.string() })),
});

const maxBytes = 256 * 1_024;

/** Remembers which channels have worked. Throws what the disk throws, and where the file is not ours. */
export async function noteTested(stateFile: string, worked: Tested): Promise<void> {
  const path = channelsFileOf(stateFile);
  await refuseOthers(path, "channels");
  const tested = JSON.stringify({ ...(await lastTested(stateFile)), ...worked });
  await writeAtomically(path, `${ownerStart(path, "channels")}  "tested": ${tested}\n}\n`);
}

/** Empty where that is not known, or cannot be read. */
export async function lastTested(stateFile: string): Promise<Tested> {
  const path = channelsFileOf(stateFile);
  const found = await readSmallFile(path, { maxBytes });
  if (found.kind !== "read" || whoseText(found.text, path, "channels").kind === "others") return {};
  try {
    return content.parse(JSON.parse(found.text)).tested;
  } catch {
    return {};
  }
}
