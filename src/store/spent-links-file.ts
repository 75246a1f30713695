import * as z from "zod";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";

/** By the mark of a link that was used: until when it would be good. */
type SpentLinks = ReadonlyMap<string, number>;

type ReadSpent =
  | { readonly kind: "read"; readonly spent: SpentLinks }
  /** What is in it nobody knows; it is left as it is. */
  | { readonly kind: "unreadable"; readonly because: string };

export interface SpentLinksFile {
  /** Never throws. A file that is not there holds none. */
  read(): Promise<ReadSpent>;
  /** Throws what the disk throws. */
  write(spent: SpentLinks): Promise<void>;
}

/** So many are kept at most: nobody has as many pods to put off or stop within a day. */
export const mostSpent = 5_000;

const maxBytes = 1_024 * 1_024;
const mark = z.string().regex(/^[\w-]{1,64}$/);
const content = z.object({
  version: z.literal(1),
  spent: z.array(z.tuple([mark, z.number()])).max(mostSpent),
});

/** The links in notifications that were used, so that a restart forgets none. None can be made of it. */
export function createSpentLinksFile(path: string): SpentLinksFile {
  return {
    async read() {
      const found = await readSmallFile(path, { maxBytes });
      if (found.kind === "missing") return { kind: "read", spent: new Map() };
      if (found.kind === "unreadable") {
        return { kind: "unreadable", because: `${path} cannot be read: ${found.because}` };
      }
      try {
        return { kind: "read", spent: new Map(content.parse(JSON.parse(found.text)).spent) };
      } catch {
        const because = `${path} holds something else than used buttons. Move it away`;
        return { kind: "unreadable", because };
      }
    },
    write: (spent) =>
      writeAtomically(path, `${JSON.stringify({ version: 1, spent: [...spent] })}\n`),
  };
}
