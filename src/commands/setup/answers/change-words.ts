import type { Change } from "#config/editing/edit.ts";
import { pathOf } from "#config/reading/explain.ts";
import { oneLine } from "#control-characters.ts";
import { shownUrl } from "#config/url.ts";
import { cutTo } from "#terminal/text-width.ts";

const longest = 60;
const hidden = "(hidden)";

/** What stands in these is shown to nobody, whatever it is; a variable's or a file's name is. */
const secretKeys = /^api_key$|^(webhook_|smtp_)?url$|_?token$|^user_key$|^secret$|^headers$/;

const commandKeys = /_command$/;

/** A line for each value that changes: `thresholds[0].below_usd: 10 -> 9`. */
export function changeWords(changes: readonly Change[], raw: unknown): readonly string[] {
  return changes.map(({ path, value }) => {
    const key = String(path.at(-1));
    const before = shown(key, valueAt(raw, path));
    const after = shown(key, value);
    const where = pathOf(path);
    if (value === undefined) return `${where}: ${before} goes`;
    return before === undefined ? `${where}: ${after}` : `${where}: ${before} -> ${after}`;
  });
}

function shown(key: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // Of a command the program alone: its arguments may hold a token.
  if (commandKeys.test(key) && Array.isArray(value) && value.length > 1) {
    return cutTo(longest, oneLine(`[${JSON.stringify(value[0])}, ...]`));
  }
  const open = JSON.stringify(value, (inner, part: unknown) => {
    if (part !== value && secretKeys.test(inner)) return hidden;
    return typeof part === "string" ? shownUrl(part) : part;
  });
  return cutTo(longest, oneLine(secretKeys.test(key) ? hidden : open));
}

function valueAt(raw: unknown, path: Change["path"]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    raw,
  );
}
