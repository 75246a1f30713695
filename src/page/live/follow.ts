import type { Failure } from "#http/contract/failure.ts";
import { keyHeaders } from "#page/key.ts";
import type { Heard } from "./heard.ts";
import { createParser } from "./parse.ts";

export interface Following {
  /**
   * Somebody looks again, or the network is back: does not wait for the next try, and opens anew what has
   * been silent for longer than it should be, as after a sleep.
   */
  readonly hurry: () => void;
}

/** A comment comes every 15 s, so after this a stream is dead, whatever the browser thinks of it. */
const mostSilenceMs = 35_000;
const usualSilenceMs = 20_000;
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/**
 * Follows the daemon's stream for good. Not an EventSource, which shows neither comments nor the
 * status of an answer: a stream that has died would look quiet, and a logged-out one broken.
 */
export function follow(url: string, onHeard: (heard: Heard) => void): Following {
  let lastId: string | undefined;
  let pauseMs = firstPauseMs;
  let wake = (): void => undefined;
  let current = new AbortController();
  let heardWallMs = Date.now();

  async function readOnce(): Promise<void> {
    const attempt = new AbortController();
    current = attempt;
    const silence = silenceLimit(() => attempt.abort());
    try {
      const response = await fetch(url, {
        headers: {
          ...keyHeaders(),
          accept: "text/event-stream",
          ...(lastId !== undefined && { "last-event-id": lastId }),
        },
        cache: "no-store",
        signal: attempt.signal,
      });
      if (response.status === 401) return onHeard({ kind: "logged-out" });
      if (!response.ok || response.body === null) {
        return onHeard({ kind: "lost", because: await whyNot(response) });
      }
      onHeard({ kind: "open", serverMs: dateOf(response) });
      await readAll(response.body, silence);
      onHeard({ kind: "lost", because: "it ended the connection" });
    } catch (error) {
      onHeard({ kind: "lost", because: whyLost(error, attempt.signal.aborted) });
    } finally {
      silence.end();
      attempt.abort();
    }
  }

  async function readAll(body: ReadableStream<Uint8Array>, silence: Silence): Promise<void> {
    const parse = createParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      silence.restart();
      heardWallMs = Date.now();
      pauseMs = firstPauseMs;
      for (const message of parse(decoder.decode(value, { stream: true }))) {
        if (message.id !== undefined) lastId = message.id;
        onHeard({ kind: "message", message });
      }
    }
  }

  async function keepReading(): Promise<never> {
    for (;;) {
      await readOnce();
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pauseMs * (0.75 + Math.random() / 2));
      });
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  void keepReading();
  return {
    hurry: () => {
      pauseMs = firstPauseMs;
      wake();
      if (Date.now() - heardWallMs > usualSilenceMs) current.abort();
    },
  };
}

/** In its own words, where it has some. */
async function whyNot(response: Response): Promise<string> {
  const told = (await response.json().catch(() => undefined)) as Partial<Failure> | undefined;
  return told?.error ?? `it answered ${response.status}`;
}

function whyLost(error: unknown, isSilent: boolean): string {
  if (isSilent) return "it was silent for too long";
  return error instanceof SyntaxError ? "what it says cannot be read" : "it cannot be reached";
}

interface Silence {
  readonly restart: () => void;
  readonly end: () => void;
}

function silenceLimit(onSilent: () => void): Silence {
  let timer = setTimeout(onSilent, mostSilenceMs);
  const end = () => clearTimeout(timer);
  return {
    restart: () => {
      end();
      timer = setTimeout(onSilent, mostSilenceMs);
    },
    end,
  };
}

function dateOf(response: Response): number | undefined {
  const atMs = Date.parse(response.headers.get("date") ?? "");
  // It tells whole seconds, rounded down.
  return Number.isNaN(atMs) ? undefined : atMs + 500;
}
