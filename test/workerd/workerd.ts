import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { workerBundle } from "../../build.ts";

export interface Workerd {
  readonly url: string;
  readonly dispose: () => Promise<void>;
}

/** The Worker in workerd, as it is deployed, but for time and the variables that a test gives it. */
export async function startWorkerd(): Promise<Workerd> {
  const { outputFiles } = await build({
    ...workerBundle,
    entryPoints: [join(import.meta.dirname, "timed-worker.ts")],
    write: false,
  });
  const worker = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? "",
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    durableObjects: { ACCOUNTS: { className: "TimedObject", useSQLite: true } },
  });
  const { href: url } = await worker.ready;
  return { url, dispose: () => worker.dispose() };
}
