import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { run, type Surroundings } from "#main.ts";
import { guardWith, heardBy } from "../../e2e/guard.ts";
import { serving } from "../../probes/pages.ts";
import { shortPaces } from "../../short-paces.ts";

/** What is said on a stream that is no terminal. */
function collecting(): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  let text = "";
  const stream = new Writable({
    decodeStrings: false,
    write(piece: string, _encoding, done) {
      text += piece;
      done();
    },
  });
  const asTty = Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream;
  return { stream: asTty, text: () => text };
}

it("an error that nobody caught before the daemon is there ends it with 1: people are told, and so is whoever listens", async (test) => {
  const heard: string[] = [];
  const base = await serving(({ url = "" }, response) => {
    heard.push(url);
    response.end("OK");
  });
  const guard = await guardWith(test, {
    notify: "",
    config: { heartbeat: { url: `${base}/U-1` } },
  });
  let onStray = (_error: unknown): void => undefined;
  const stderr = collecting();
  const surroundings: Surroundings = {
    env: { HOME: guard.folder, PATH: process.env["PATH"], RUNPOD_API_KEY: "a-key-of-this-test" },
    program: { argv: [process.execPath], folder: guard.folder },
    paces: shortPaces,
    stdin: process.stdin,
    stdout: collecting().stream,
    stderr: stderr.stream,
    openLogFile: () => new Promise(() => undefined),
    // In the midst of the start, for which it is waited for ever.
    openStderr() {
      onStray(new Error("nobody had expected that"));
      return new Promise(() => undefined);
    },
    isJournal: false,
    screen: () => undefined,
    interrupted: new AbortController().signal,
    onStray: (listener) => (onStray = listener),
    onHangup: () => undefined,
    endOnHangup: () => undefined,
    goOnUnread: () => undefined,
    endUnread: () => undefined,
  };

  const exitCode = await run(["watch", "--config", guard.config], surroundings);

  expect(exitCode).toBe(1);
  expect(stderr.text()).toContain("This is a bug in runpodboss: Error: nobody had expected that");
  expect(heard).toEqual(["/U-1/fail"]);
  expect(heardBy(guard)).toEqual([
    expect.stringContaining("runpodboss watch could not start: nobody had expected that"),
  ]);
});
