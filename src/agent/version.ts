import { printable } from "#control-characters.ts";

export type Version = readonly [major: number, minor: number, patch: number];

export function versionWords(version: Version): string {
  return version.join(".");
}

export function isBefore(one: Version, other: Version): boolean {
  const at = one.findIndex((part, n) => part !== other[n]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** The first three numbers with dots between them, wherever they stand. */
export function versionIn(words: string): Version | undefined {
  return partsOf(/(\d+)\.(\d+)\.(\d+)/.exec(words));
}

/**
 * The version that a program says it has, on a line that says nothing else: `runpodctl v2.15.0-rc1`,
 * `{"version": "2.15.0"}`. Undefined when there is no such line, or when two of them differ.
 */
export function versionSaid(program: string, text: string): Version | undefined {
  const line = new RegExp(
    String.raw`^(?:${program})?\s*(?:version)?\s*:?\s*v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+][\w.+-]+)?(?:\s*\([^()]*\))?$`,
    "i",
  );
  const lines = [...plain(text).split("\n"), inJson(text)].map((each) => each.trim());
  const said = lines
    .filter(({ length }) => length <= longestLine)
    .map((each) => partsOf(line.exec(each)))
    .filter((each) => each !== undefined);
  const [first] = said;
  return new Set(said.map(versionWords)).size === 1 ? first : undefined;
}

const longestLine = 200;

/** Without the colours of a terminal. */
function plain(text: string): string {
  return printable(text).replaceAll(/\[[0-9;:]{0,20}m/g, "");
}

function inJson(text: string): string {
  try {
    const found: unknown = JSON.parse(text);
    const isObject = typeof found === "object" && found !== null && "version" in found;
    return isObject && typeof found.version === "string" ? found.version : "";
  } catch {
    return "";
  }
}

function partsOf(found: RegExpExecArray | null): Version | undefined {
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}
