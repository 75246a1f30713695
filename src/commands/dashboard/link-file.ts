import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { othersMayWrite } from "#others-may-write.ts";

/** A file that leads a browser on to a link. */
export interface LinkFile {
  /** What the browser is to open. It may be seen by everybody: only its owner can read what stands there. */
  readonly address: string;
  remove(): Promise<void>;
}

/**
 * Arguments of programs can be read by every user of a machine, and a link that logs in works for whoever is the first:
 * so the browser is handed a file. It stands in the home folder itself, as browsers in a sandbox read no hidden folders
 * and have a /tmp of their own. Throws in words, and what the disk throws.
 */
export async function writeLinkFile(link: string, env: NodeJS.ProcessEnv): Promise<LinkFile> {
  const home = env["HOME"] || homedir();
  if (othersMayWrite(await fs.stat(home))) {
    throw new Error(`others on this machine may change what stands in ${home}`);
  }
  const path = join(home, `runpodboss-${randomBytes(12).toString("hex")}.html`);
  // Made here and now, or not at all: no link and no file of others is ever written to.
  const file = await fs.open(path, "wx", 0o600);
  const remove = (): Promise<void> => fs.rm(path, { force: true });
  try {
    await file.writeFile(textFor(link));
  } catch (error) {
    await remove();
    throw error;
  } finally {
    await file.close();
  }
  return { address: pathToFileURL(path).href, remove };
}

function textFor(link: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${link}">
<title>RunPodBoss</title>
<p><a href="${link}">Open the page</a></p>
</html>
`;
}
