import { expect, it } from "vitest";
import { leave } from "#leave.ts";

/** How it ends when these are what is waited for, look by look; the last one stays. */
async function endWith(...looks: readonly (readonly string[])[]) {
  const story: string[] = [];
  let waitedMs = 0;
  let n = 0;
  class Exited extends Error {}
  const exits = {
    exit(exitCode: number): never {
      story.push(`exit ${exitCode}`);
      throw new Exited();
    },
    pending: () => looks[Math.min(n++, looks.length - 1)] ?? [],
    die: () => void story.push("die"),
    pause(ms: number) {
      waitedMs += ms;
      return Promise.resolve();
    },
  };
  await leave(2, exits).catch((error: unknown) => {
    if (!(error instanceof Exited)) throw error;
  });
  return { story, waitedMs };
}

it.each<[string, readonly (readonly string[])[], readonly string[]]>([
  ["nothing is waited for", [[]], ["exit 2"]],
  ["only sockets and timers are", [["TCPSocketWrap", "Timeout", "PipeWrap"]], ["exit 2"]],
  ["a file is, and comes back in time", [["FSReqPromise"], ["FSReqPromise"], []], ["exit 2"]],
  ["a file is slow", [...Array.from({ length: 50 }, () => ["FSReqPromise"]), []], ["exit 2"]],
  ["a file hangs", [["FSReqPromise"]], ["die", "exit 2"]],
  ["a file hangs that was asked for by a callback", [["FSReqCallback"]], ["die", "exit 2"]],
  ["a file that is being closed hangs", [["FileHandleCloseReq"]], ["die", "exit 2"]],
  ["a name server hangs", [["TTYWrap", "GetAddrInfoReqWrap"]], ["die", "exit 2"]],
])("%s", async (_sentence, looks, expected) => {
  const { story, waitedMs } = await endWith(...looks);

  expect(story).toEqual(expected);
  expect(waitedMs).toBeLessThanOrEqual(2_000);
});
