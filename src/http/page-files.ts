import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly body: ArrayBuffer;
  readonly type: string;
  readonly tag: string;
}

/** By the path that it is asked for by. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webmanifest": "application/manifest+json",
};
const mostFiles = 50;
const mostBytes = 1_024 * 1_024;

/** All of the first of these folders that holds what is built; none where none does. Throws what the disk throws. */
export async function readPageFiles(folders: readonly string[]): Promise<PageFiles> {
  for (const folder of folders) {
    const isThere = await stat(join(folder, "page.js")).catch(() => undefined);
    if (isThere?.isFile() === true) return filesIn(folder);
  }
  return new Map();
}

async function filesIn(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((each) => each.isFile()).map(({ name }) => name);
  const known = names.flatMap((name) => {
    const type = types[extname(name)];
    return type === undefined ? [] : [{ name, type }];
  });
  const files = known.slice(0, mostFiles).map(async ({ name, type }) => {
    const bytes = await readFile(join(folder, name));
    if (bytes.length > mostBytes) throw new Error(`${join(folder, name)} is too large for a page`);
    const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    // A copy of its own: what was read may lie in memory that is shared.
    const body = new Uint8Array(bytes).buffer;
    return [`/${name}`, { body, type, tag: `"${digest}"` }] as const;
  });
  return new Map(await Promise.all(files));
}
