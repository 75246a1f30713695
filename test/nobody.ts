import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const dist = join(import.meta.dirname, "../dist");
const uid = 65_534;

/**
 * Runs the executable as a user who may do no more than the files' modes say. Root may read and
 * write everything, so as root it runs as nobody, and from a copy, as nobody may not go everywhere.
 * It gets no other environment than this.
 */
export async function asNobody(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-nobody-"));
  try {
    cpSync(dist, join(folder, "dist"), { recursive: true });
    chmodSync(folder, 0o755);
    const child = spawn(process.execPath, [join(folder, "dist/cli.js"), ...args], {
      cwd: "/",
      env,
      stdio: ["ignore", "pipe", "pipe"],
      ...(process.getuid?.() === 0 ? { uid, gid: uid } : {}),
    });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { stdout, stderr, exitCode };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
