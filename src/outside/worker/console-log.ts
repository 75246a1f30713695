import type { Log } from "#log.ts";

/** A line of JSON an entry: whoever runs the Worker keeps them. `redact` takes out what must be shown nowhere. */
export function consoleLog(account: string, redact: (text: string) => string): Log {
  const write =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, msg: string): void => {
      // oxlint-disable-next-line no-console -- The only way out of a Worker.
      console.log(redact(JSON.stringify({ level, account, msg, ...fields })));
    };
  return {
    debug: () => undefined,
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
}
