import * as z from "zod";
import type { EndAction } from "#guard/model/account.ts";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";

/** The end of a pod that a person has asked the daemon for. */
export interface AskedEnd {
  readonly id: string;
  readonly podId: string;
  readonly podName: string;
  /** The run that is meant; undefined: not known, or it did not run. */
  readonly run?: string | undefined;
  readonly action: EndAction;
  /** Who asked, as the history has it. */
  readonly by: string;
  readonly askedAtMs: number;
  /** The marks of the buttons that asked for it: good again, should it change nothing. */
  readonly pressed?: readonly string[] | undefined;
}

export interface AskedEndsFile {
  /** Never throws. A file that is not there holds none. */
  read(): Promise<
    | { readonly kind: "read"; readonly ends: readonly AskedEnd[] }
    /** What is in it nobody knows; it is left as it is. */
    | { readonly kind: "unreadable"; readonly because: string }
  >;
  /** Throws what the disk throws. */
  write(ends: readonly AskedEnd[]): Promise<void>;
}

export const mostAskedEnds = 50;
/** Of so many buttons it is known that they asked for the same. */
export const mostPressed = 20;

const maxBytes = 256 * 1_024;
const text = z.string().max(1_000);
const content = z.object({
  version: z.literal(1),
  ends: z
    .array(
      z.object({
        id: text,
        podId: text,
        podName: text,
        run: text.optional(),
        action: z.enum(["stop", "terminate"]),
        by: text,
        askedAtMs: z.number(),
        pressed: z.array(text).max(mostPressed).optional(),
      }),
    )
    .max(mostAskedEnds),
});

/** What people have asked for outlives the daemon that they asked. */
export function createAskedEndsFile(path: string): AskedEndsFile {
  return {
    async read() {
      const found = await readSmallFile(path, { maxBytes });
      if (found.kind === "missing") return { kind: "read", ends: [] };
      if (found.kind === "unreadable") {
        return { kind: "unreadable", because: `${path} cannot be read: ${found.because}` };
      }
      try {
        return { kind: "read", ends: content.parse(JSON.parse(found.text)).ends };
      } catch {
        const because = `${path} holds something else than ends that were asked for. Move it away`;
        return { kind: "unreadable", because };
      }
    },
    write: (ends) => writeAtomically(path, `${JSON.stringify({ version: 1, ends })}\n`),
  };
}
