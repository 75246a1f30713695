import { join } from "node:path";
import { mainAccount } from "#config/accounts/account.ts";
import { expandHome } from "#config/paths.ts";

export const defaultFolder = "~/.runpodboss/outside";

/** What `outside init` makes, and where. */
export interface OutsideFolder {
  readonly path: string;
  readonly wranglerConfig: string;
  readonly worker: string;
  readonly adminToken: string;
  readonly keyOf: (account: string) => string;
}

export function folderAt(dir: string): OutsideFolder {
  const path = expandHome(dir);
  return {
    path,
    wranglerConfig: join(path, "wrangler.jsonc"),
    // Alone in its folder: wrangler takes what it finds beside it for parts of it.
    worker: join(path, "worker", "worker.js"),
    adminToken: join(path, "admin.token"),
    keyOf: (account) =>
      join(path, account === mainAccount ? "outside.key" : `outside-${account}.key`),
  };
}
