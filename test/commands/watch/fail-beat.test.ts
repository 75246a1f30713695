import { expect, it } from "vitest";
import { failBeat } from "#commands/watch/fail-beat.ts";
import { PollFailed } from "#commands/watch/outcome.ts";
import type { HeartbeatSettings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { AlreadyGuarded } from "#store/lock/pid-lock.ts";
import type { Context } from "#terminal/context.ts";
import { serving } from "../../probes/pages.ts";

it.each<[string, unknown, boolean, boolean, readonly string[]]>([
  ["a bug", new TypeError("x is undefined"), true, false, ["/U-1/fail"]],
  ["a fault that people can mend", new UserError("disk full"), true, false, ["/U-1/fail"]],
  [
    "another daemon, which has a heartbeat of its own",
    new AlreadyGuarded("pid 1"),
    true,
    false,
    [],
  ],
  ["a single poll that failed", new PollFailed("HTTP 500"), true, false, []],
  ["an interruption", new Error("x"), true, true, []],
  ["a fault without a heartbeat", new Error("x"), false, false, []],
])("%s says so outside or not", async (_sentence, error, hasOne, isInterrupted, expected) => {
  const heard: string[] = [];
  const base = await serving(({ url = "" }, response) => {
    heard.push(url);
    response.end("OK");
  });
  const interrupted = isInterrupted ? AbortSignal.abort() : new AbortController().signal;
  const context = { interrupted, paces: { lastBeatMs: 10_000 } } as Context;

  const heartbeat: HeartbeatSettings = { url: `${base}/U-1`, everyMs: 60_000 };
  await failBeat(error, () => Promise.resolve(hasOne ? heartbeat : undefined), context);

  expect(heard).toEqual(expected);
});
