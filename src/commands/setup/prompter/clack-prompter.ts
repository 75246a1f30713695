import * as clack from "@clack/prompts";
import { EventEmitter } from "node:events";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { oneLine, printable } from "#control-characters.ts";
import type { Context } from "#terminal/context.ts";
import { cutTo } from "#terminal/text-width.ts";
import { wrapped } from "#terminal/wrap.ts";
import { AskingEnded, type Choice, type Prompter } from "./prompter.ts";

/** A guide line and a mark stand before every line. */
const margin = 4;
const leastColumns = 24;
const lineFeed = 0x0a;
/** Longer lists scroll. */
const mostShown = 12;

type Terminal = Pick<Context, "stdin" | "stdout" | "interrupted" | "onHangup">;

interface Common {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

/** Questions on a terminal that can move its cursor. */
export function clackPrompter({ stdin, stdout, interrupted, onHangup }: Terminal): Prompter {
  // An arrow key that a slow line cuts in two begins with it, and must not end everything.
  clack.settings.aliases.delete("escape");
  const screen = sized(stdout);
  const room = (): number => Math.max(leastColumns, screen.columns - margin);
  let isGone = false;
  let endQuestion = (_by: AskingEnded["by"]): void => undefined;
  const onGone = (): void => {
    isGone = true;
    endQuestion("gone");
  };
  const onKey = (_text: unknown, key: { ctrl?: boolean; name?: string } | undefined): void => {
    if (key?.ctrl === true && key.name === "d") onGone();
  };
  const onInterrupt = (): void => endQuestion("interrupted");
  const keys = keysOf(stdin);
  for (const event of ["end", "close", "error"]) stdin.on(event, onGone);
  keys.on("keypress", onKey);
  interrupted.addEventListener("abort", onInterrupt);
  onHangup(onGone);

  async function ask<Answer>(
    question: (common: Common) => Promise<Answer | typeof clack.CANCEL_SYMBOL>,
  ): Promise<Answer> {
    if (interrupted.aborted) throw new AskingEnded("interrupted");
    if (isGone) throw new AskingEnded("gone");
    // Each question its own: one that is answered must not draw itself again at the end of a later one.
    const over = new AbortController();
    let by: AskingEnded["by"] = "interrupted";
    endQuestion = (how) => {
      by = how;
      over.abort();
    };
    stdin.resume();
    try {
      const common = { input: keys, output: screen as unknown as Writable, signal: over.signal };
      const answer = await question(common);
      if (clack.isCancel(answer)) throw new AskingEnded(by);
      return answer;
    } finally {
      endQuestion = () => undefined;
      stdin.pause();
    }
  }

  const shownChoices = <Value extends string>(choices: readonly Choice<Value>[]) =>
    choices.map(({ value, label, hint }) => ({
      value: value as string,
      label: cutTo(room() - 2, oneLine(label)),
      ...(hint !== undefined && { hint: oneLine(hint) }),
    }));

  return {
    say(words, kind = "plain") {
      const lines = printable(words)
        .split("\n")
        .flatMap((line) => wrapped(line, room(), /^ */.exec(line)?.[0]));
      const options = { output: screen as unknown as Writable };
      const text = lines.join("\n");
      switch (kind) {
        case "plain":
          return clack.log.message(text, options);
        case "good":
          return clack.log.success(text, options);
        case "warning":
          return clack.log.warn(text, options);
        case "bad":
          return clack.log.error(text, options);
      }
    },
    text: ({ message, initial, check }) =>
      ask((common) =>
        clack.text({
          ...common,
          message: printable(message),
          ...(initial !== undefined && { initialValue: printable(initial) }),
          validate: (value) => check?.((value ?? "").trim()),
        }),
      ).then((answer) => (answer ?? "").trim()),
    secret: ({ message, check }) =>
      ask((common) =>
        clack.password({
          ...common,
          message: printable(message),
          validate: (value) => check?.((value ?? "").trim()),
        }),
      ).then((answer) => (answer ?? "").trim()),
    choose: <Value extends string>({
      message,
      choices,
      initial,
    }: Parameters<Prompter["choose"]>[0]) =>
      ask((common) =>
        clack.select<string>({
          ...common,
          message: printable(message),
          options: shownChoices(choices),
          maxItems: mostShown,
          ...(initial !== undefined && { initialValue: initial }),
        }),
      ) as Promise<Value>,
    chooseMany: ({ message, choices, initial }) =>
      ask((common) =>
        clack.multiselect<string>({
          ...common,
          message: `${printable(message)} Space marks one, Enter goes on.`,
          options: shownChoices(choices),
          initialValues: [...initial],
          maxItems: mostShown,
          required: false,
        }),
      ),
    confirm: ({ message, initial }) =>
      ask((common) =>
        clack.confirm({ ...common, message: printable(message), initialValue: initial }),
      ),
    close() {
      for (const event of ["end", "close", "error"]) stdin.off(event, onGone);
      keys.off("keypress", onKey);
      keys.release();
      interrupted.removeEventListener("abort", onInterrupt);
      stdin.pause();
    },
  };
}

/** The keys of a terminal, apart from what becomes of it: nobody here would catch its errors. */
function keysOf(stdin: NodeJS.ReadStream) {
  const keys = new PassThrough();
  // An Enter between two questions comes so, and must not answer the next one.
  const onData = (data: Buffer | string): void =>
    void keys.write(Buffer.from(data).filter((byte) => byte !== lineFeed));
  stdin.on("data", onData);
  stdin.pause();
  return Object.assign(keys, {
    isTTY: true,
    setRawMode: (isRaw: boolean) => stdin.setRawMode(isRaw),
    release: () => void stdin.off("data", onData),
  });
}

/** Some terminals say nothing of their size. */
function sized(stdout: NodeJS.WriteStream) {
  return Object.assign(Object.create(EventEmitter.prototype) as EventEmitter, {
    get columns(): number {
      return stdout.columns || 80;
    },
    get rows(): number {
      return stdout.rows || 24;
    },
    isTTY: true,
    write: (text: string) => stdout.write(text),
    on: (event: string, listener: () => void) => stdout.on(event, listener),
    off: (event: string, listener: () => void) => stdout.off(event, listener),
  });
}
