import type { FileHandle } from "node:fs/promises";
import { openToRead } from "#store/files/open-file.ts";
import { ownerKey } from "./owner-key.ts";
import { stateNameOf } from "./paths.ts";

/** What a file beside the state file holds. */
export type Holds = "history" | "samples" | "leases" | "runs" | "drill" | "channels";

/** How a file of ours begins that an earlier version wrote, without a word on whose it is. */
const beganBefore: Readonly<Record<Holds, RegExp>> = {
  history: /^\{\s*"timestamp"\s*:\s*"[^"\n]*"\s*,\s*"event_type"\s*:/,
  samples: /^\{\s*"timestamp"\s*:\s*"[^"\n]*"\s*,\s*"balance_usd"\s*:/,
  leases: /^\{\s*"leases"\s*:\s*\{/,
  runs: /^\{\s*"version"\s*:\s*\d+\s*,\s*"saidAtMs"\s*:/,
  drill: /^\{\s*"lastGoodAt"\s*:/,
  // No earlier version wrote one.
  channels: /^(?!)/,
};

/** The same, of a first line that a crash cut short. */
const tornBefore: Partial<Readonly<Record<Holds, RegExp>>> = {
  history: /^\{"timestamp":"[-\d:.TZ]*(?:","?[a-z_]*"?)?$/,
  samples: /^\{"timestamp":"[-\d:.TZ]*(?:","?[a-z_]*"?)?$/,
};

const headBytes = 1_024;

/** Whose a file is, by its first line. */
export type Whose =
  | { readonly kind: "ours" | "ours-of-before" | "nobodys" }
  | { readonly kind: "others"; readonly because: string };

/** What the first line says: `history of state.json`. */
export function ownerWords(path: string, holds: Holds): string {
  return `${holds} of ${stateNameOf(path)}`;
}

/** The first line of a file of lines, without its end. */
export function ownerLine(path: string, holds: Holds): string {
  return JSON.stringify({ [ownerKey]: ownerWords(path, holds) });
}

/** What the text of a file that is one JSON object begins with, up to its second line. */
export function ownerStart(path: string, holds: Holds): string {
  return `{${JSON.stringify(ownerKey)}: ${JSON.stringify(ownerWords(path, holds))},\n`;
}

/** Throws what the disk throws; a file that is not there is nobody's. */
export async function whoseFile(path: string, holds: Holds): Promise<Whose> {
  const file = await openToRead(path);
  if (file === undefined) return { kind: "nobodys" };
  try {
    return await whoseOpen(file, path, holds);
  } finally {
    await file.close();
  }
}

export async function whoseOpen(file: FileHandle, path: string, holds: Holds): Promise<Whose> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return whoseText(buffer.toString("utf8", 0, bytesRead), path, holds);
}

export function isOwnerLine(bytes: Buffer): boolean {
  return ownerIn(bytes.toString("utf8", 0, headBytes)) !== undefined;
}

/** What a text says in its first line. */
export function ownerIn(text: string): string | undefined {
  return /^\{\s*"runpodboss"\s*:\s*"([^"\n]*)/.exec(text)?.[1];
}

/** To be called before anything is written. Throws where the file is not ours to write. */
export async function refuseOthers(path: string, holds: Holds): Promise<void> {
  const whose = await whoseFile(path, holds);
  if (whose.kind === "others") throw new Error(whose.because);
}

export function whoseText(text: string, path: string, holds: Holds): Whose {
  // A crash of the machine can leave zeros where something was about to be written.
  const head = text.replace(/^[\0\s\uFEFF]+/, "");
  if (head === "") return { kind: "nobodys" };
  const said = ownerIn(head);
  const words = ownerWords(path, holds);
  if (said === words) return { kind: "ours" };
  const firstLine = head.split("\n", 1)[0] ?? "";
  const line = ownerLine(path, holds);
  // Cut short by a crash.
  if (firstLine.length > ownerKey.length + 3 && line.startsWith(firstLine)) return { kind: "ours" };
  const isOld = beganBefore[holds].test(head) || tornBefore[holds]?.test(firstLine) === true;
  if (said === undefined && isOld) return { kind: "ours-of-before" };
  const found =
    said === undefined
      ? `its first line does not say that it is the ${words}`
      : `its first line says that it is the ${said.slice(0, 100)}`;
  return {
    kind: "others",
    because: `${path} is not ours to write: ${found}. It is left as it is. Move it away, or set state_file to another path`,
  };
}
