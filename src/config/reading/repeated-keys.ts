import { visit } from "jsonc-parser";
import { createRedactor } from "#redact.ts";
import type { Fault } from "./explain.ts";
import { lineAndColumn } from "./place.ts";

const mostTold = 20;
const longestKeyShown = 60;

/**
 * Keys that stand twice in one object, at any depth: whichever of the two was meant, the other one
 * would be lost without a word. Notes may stand as often as people like.
 */
export function repeatedKeys(text: string): readonly Fault[] {
  const faults: Fault[] = [];
  /** Of each open object, where its keys first stood; undefined for one within a note. */
  const open: (Map<string, number> | undefined)[] = [];
  const redact = createRedactor([]);

  visit(
    text,
    {
      onObjectBegin(_offset, _length, _line, _column, pathOf) {
        const isInNote = pathOf().some((part) => typeof part === "string" && isNote(part));
        open.push(isInNote ? undefined : new Map<string, number>());
      },
      onObjectProperty(key, offset) {
        const keys = open.at(-1);
        if (keys === undefined || isNote(key) || faults.length === mostTold) return;
        const first = keys.get(key);
        if (first === undefined) {
          keys.set(key, offset);
          return;
        }
        const shown = JSON.stringify(redact(key.slice(0, longestKeyShown)));
        const before = lineAndColumn(text, first);
        const what = `the key ${shown} stands here again, first at ${before}: remove one of the two`;
        faults.push({ where: lineAndColumn(text, offset), what });
      },
      onObjectEnd() {
        open.pop();
      },
    },
    { allowTrailingComma: true },
  );
  return faults;
}

function isNote(key: string): boolean {
  return key.startsWith("_");
}
