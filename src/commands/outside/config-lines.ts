import { homedir } from "node:os";

/** What stands in the config once the guard outside is there. */
export interface ConfigEntry {
  readonly url: string;
  readonly account: string;
  readonly keyFile: string;
}

/** The lines to put into the config. */
export function configLines({ url, account, keyFile }: ConfigEntry): readonly string[] {
  const entry = {
    url,
    account,
    key_file: withHome(keyFile),
    on_silence: "guard",
  };
  const [first = "", ...rest] = JSON.stringify({ outside: entry }, null, 2)
    .split("\n")
    .slice(1, -1);
  return [first, ...rest.slice(0, -1), "  }"];
}

function withHome(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
