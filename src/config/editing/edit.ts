import { applyEdits, findNodeAtLocation, type JSONPath, modify, parseTree } from "jsonc-parser";
import { insertion, laidOut } from "./insertion.ts";
import { layoutOf } from "./layout.ts";

/** One value of a config that is to be another. */
export interface Change {
  readonly path: JSONPath;
  /** Undefined: it goes. Behind the last entry of a list: it is added. */
  readonly value: unknown;
}

/**
 * The config's text with these values changed, one after the other. Comments, order and all that is not
 * named stay as they are. A change to what is already there changes nothing.
 */
export function edited(text: string, changes: readonly Change[]): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  return mark + changes.reduce(withChange, text.slice(mark.length));
}

function withChange(text: string, { path, value }: Change): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined) throw new Error("only what is JSON can be edited");
  const found = findNodeAtLocation(root, path);
  if (found === undefined && value === undefined) return text;
  const layout = layoutOf(text);
  const parent = findNodeAtLocation(root, path.slice(0, -1));
  if (found !== undefined && Array.isArray(value)) {
    const indent = /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, found.offset))?.[1] ?? "";
    const content = laidOut(value, indent, layout);
    return applyEdits(text, [{ offset: found.offset, length: found.length, content }]);
  }
  const edits =
    found === undefined && parent !== undefined
      ? insertion(text, parent, path.at(-1), value, layout)
      : undefined;
  if (edits === undefined && parent?.type === "array" && found === undefined) {
    return withChange(text, { path: path.slice(0, -1), value: [value] });
  }
  // What stays beside something that goes is not laid out anew.
  const options = value === undefined ? {} : { formattingOptions: layout };
  return applyEdits(text, edits ?? modify(text, path, value, options));
}
