import { randomBytes } from "node:crypto";
import { rounded } from "#guard/text.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import type { Change, View } from "#http/deps.ts";
import { textOf } from "#http/view/text-of.ts";
import type { Clock } from "#ports.ts";
import { bytesOf, eventText, idText, type Message, numberIn } from "./messages.ts";
import { createRing } from "./ring.ts";
import { createStream, type LiveStream } from "./stream.ts";

export interface Broadcast {
  /** Undefined: so many listen that there is room for no more. `disconnect` ends its connection. */
  open(lastId: string | undefined, on: StreamHooks): ReadableStream<Uint8Array> | undefined;
}

interface StreamHooks {
  readonly onOver: () => void;
  readonly disconnect: () => void;
}

export const mostStreams = 100;
const commentEveryMs = 15_000;
/** Whoever takes nothing for so long is cut, and comes back for it. */
const stuckMs = 30_000;
const mostMissed = { messages: 1_000, bytes: 512 * 1_024 } as const;
const comment = bytesOf(":\n\n");

/** Sends what changes to all who listen, each made once; it is with them for good, and knows no socket. */
export function createBroadcast(
  view: View,
  clock: Clock,
  redact: (text: string) => string,
): Broadcast {
  const boot = `${clock.nowMs().toString(36)}${randomBytes(4).toString("hex")}`;
  const streams = new Set<LiveStream>();
  const ring = createRing(mostMissed);
  let last = 0;
  let commenting: AbortController | undefined;
  let status: { readonly of: StatusAnswer; readonly bytes: Uint8Array } | undefined;

  function statusBytes(): Uint8Array {
    const of = view.status();
    if (status?.of !== of) status = { of, bytes: bytesOf(eventText("status", textOf(of, redact))) };
    return status.bytes;
  }

  function tell(change: Change): void {
    if (change.kind === "status") {
      for (const stream of streams) stream.sendStatus();
      return;
    }
    last += 1;
    const text = eventText(change.kind, redact(JSON.stringify(dataOf(change))));
    const message: Message = { n: last, bytes: bytesOf(`${idText(boot, last)}${text}`) };
    ring.add(message);
    for (const stream of streams) stream.send(message);
  }

  function firstFor(lastId: string | undefined): readonly Uint8Array[] {
    const begin = bytesOf("retry: 3000\n\n");
    const now = idText(boot, last);
    if (lastId === undefined) return [begin, bytesOf(now), statusBytes()];
    const n = numberIn(lastId, boot);
    const missed = n === undefined || n > last ? undefined : ring.since(n);
    return missed === undefined
      ? [begin, statusBytes(), bytesOf(`${now}${eventText("missed", "{}")}`)]
      : [begin, statusBytes(), ...missed.map(({ bytes }) => bytes)];
  }

  /** Keeps proxies from ending what is quiet, and finds who does not take anything any more. */
  async function keepCommenting({ signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      await clock.sleepUntil(clock.nowMs() + commentEveryMs, signal);
      if (signal.aborted) return;
      for (const stream of streams) {
        const sinceMs = stream.stuckSinceMs();
        if (sinceMs !== undefined && clock.nowMs() - sinceMs >= stuckMs) stream.cut();
        else stream.sendComment(comment);
      }
    }
  }

  view.follow(tell);
  return {
    open(lastId, { onOver, disconnect }) {
      if (streams.size >= mostStreams) return undefined;
      const stream = createStream({
        nowMs: () => clock.nowMs(),
        first: firstFor(lastId),
        status: statusBytes,
        onOver() {
          streams.delete(stream);
          if (streams.size === 0) {
            commenting?.abort();
            commenting = undefined;
          }
          onOver();
        },
        disconnect,
      });
      streams.add(stream);
      if (commenting === undefined) {
        commenting = new AbortController();
        void keepCommenting(commenting);
      }
      return stream.body;
    },
  };
}

function dataOf(change: Exclude<Change, { readonly kind: "status" }>): unknown {
  switch (change.kind) {
    case "balance":
      return [Math.round(change.atMs) / 1_000, rounded(change.balanceUsd)];
    case "event":
      return change.event;
    case "operation":
      return change.operation;
    case "missed":
      return {};
  }
}

const broadcasts = new WeakMap<View, Broadcast>();

/** The one of a view: it goes on when the page is served anew, so that nobody misses anything. */
export function broadcastOf(view: View, clock: Clock, redact: (text: string) => string): Broadcast {
  const broadcast = broadcasts.get(view) ?? createBroadcast(view, clock, redact);
  broadcasts.set(view, broadcast);
  return broadcast;
}
