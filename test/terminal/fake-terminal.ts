import { PassThrough } from "node:stream";
import { createStreamPlace } from "#output/stream-place.ts";
import { realPaces } from "#paces.ts";
import type { Context } from "#terminal/context.ts";
import { logFileHere } from "../output/log-file-here.ts";

export interface FakeTerminal extends Context {
  /** What is typed. */
  readonly keys: PassThrough;
  /** Whether keys came one by one, from when on and until when. */
  readonly modes: readonly boolean[];
  readonly printed: string[];
  /** All that was written to standard error, and to standard output without a line end. */
  readonly told: () => string;
  readonly asked: () => string;
  readonly interrupt: () => void;
  /** Called a moment after something was asked. */
  readonly onAsked: (listener: () => void) => void;
}

/** A context with someone in front of it; `isTTY: false`: with nobody. */
export function createFakeTerminal({ isTTY = true, columns = 80 } = {}): FakeTerminal {
  const keys = new PassThrough();
  const modes: boolean[] = [];
  const setRawMode = (isRaw: boolean): void => void modes.push(isRaw);
  const stdin = Object.assign(keys, { isTTY, setRawMode });
  const stdout = writing(isTTY, columns);
  const stderr = writing(isTTY, columns);
  const printed: string[] = [];
  const interruption = new AbortController();
  return {
    env: { RUNPOD_API_KEY: "a-key-for-tests" },
    program: { argv: [], folder: undefined },
    paces: realPaces,
    print: (line) => void printed.push(line),
    printData: (line) => void printed.push(line),
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    openStderr: () => Promise.resolve((hooks) => createStreamPlace(stderr.stream, hooks)),
    openLogFile: (path) => Promise.resolve(logFileHere(path).open),
    isJournal: false,
    isJson: false,
    screen: () => (isTTY ? { columns, rows: 24 } : undefined),
    interrupted: interruption.signal,
    onStray: () => undefined,
    onHangup: () => undefined,
    sayWhy: () => undefined,
    hide: () => undefined,
    redact: (text) => text.replaceAll("secret", "***"),
    keys,
    modes,
    printed,
    told: stderr.text,
    asked: stdout.text,
    interrupt: () => interruption.abort(),
    onAsked: (listener) => stdout.onWritten(listener),
  };
}

function writing(isTTY: boolean, columns: number) {
  let written = "";
  let told = (): void => undefined;
  const stream = {
    isTTY,
    columns,
    write(text: string) {
      written += text;
      setImmediate(told);
      return true;
    },
  };
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    text: () => written,
    onWritten(listener: () => void) {
      told = listener;
    },
  };
}
