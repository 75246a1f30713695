import type { Message } from "./messages.ts";

/** What waits to be sent. Of a status only the newest matters, and of comments only one. */
type Waiting =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "status" }
  | { readonly kind: "comment"; readonly bytes: Uint8Array };

export interface LiveStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly send: (message: Message) => void;
  readonly sendStatus: () => void;
  readonly sendComment: (bytes: Uint8Array) => void;
  /** Since when it has taken nothing although something waits; undefined: it has all. */
  readonly stuckSinceMs: () => number | undefined;
  /** Ends it, and its connection: whoever listens comes back for what was missed. */
  readonly cut: () => void;
}

export interface StreamOptions {
  readonly nowMs: () => number;
  readonly first: readonly Uint8Array[];
  /** The newest, as bytes that all share. */
  readonly status: () => Uint8Array;
  /** It is over, by whichever side. */
  readonly onOver: () => void;
  /** Ends its connection, however much waits there to be taken. */
  readonly disconnect: () => void;
}

/** Beside a status: whoever leaves more unread comes back for it. */
const mostWaitingBytes = 256 * 1_024;
/** In such pieces what waits stays with us, and not with the connection. */
const pieceBytes = 64 * 1_024;

/** One who listens. It holds little, however slowly what is sent is taken. */
export function createStream(options: StreamOptions): LiveStream {
  const waiting: Waiting[] = options.first.map((bytes) => ({ kind: "message", bytes }));
  let sending: { readonly bytes: Uint8Array; at: number } | undefined;
  let takenAtMs = options.nowMs();
  let wake: (() => void) | undefined;
  let isOver = false;

  function add(item: Waiting): void {
    if (isOver) return;
    if (waiting.length === 0 && sending === undefined) takenAtMs = options.nowMs();
    waiting.push(item);
    wake?.();
  }

  function over(): void {
    if (isOver) return;
    isOver = true;
    waiting.length = 0;
    sending = undefined;
    wake?.();
    options.onOver();
  }

  function cut(): void {
    over();
    options.disconnect();
  }

  function next(): Uint8Array | undefined {
    if (sending === undefined) {
      const item = waiting.shift();
      if (item === undefined) return undefined;
      sending = { bytes: item.kind === "status" ? options.status() : item.bytes, at: 0 };
    }
    const { bytes, at } = sending;
    const piece = bytes.subarray(at, at + pieceBytes);
    sending = at + pieceBytes < bytes.length ? { bytes, at: at + pieceBytes } : undefined;
    return piece;
  }

  const hasNothing = (): boolean => !isOver && sending === undefined && waiting.length === 0;

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        takenAtMs = options.nowMs();
        if (hasNothing()) await new Promise<void>((resolve) => (wake = resolve));
        const piece = isOver ? undefined : next();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: over,
    },
    { highWaterMark: 0 },
  );

  return {
    body,
    send({ bytes }) {
      add({ kind: "message", bytes });
      const held = waiting.reduce((sum, each) => sum + sizeOf(each), 0);
      if (held > mostWaitingBytes) cut();
    },
    sendStatus() {
      if (!waiting.some(({ kind }) => kind === "status")) add({ kind: "status" });
    },
    sendComment(bytes) {
      if (!waiting.some(({ kind }) => kind === "comment")) add({ kind: "comment", bytes });
    },
    stuckSinceMs: () => (waiting.length === 0 && sending === undefined ? undefined : takenAtMs),
    cut,
  };
}

function sizeOf(item: Waiting): number {
  return item.kind === "status" ? 0 : item.bytes.length;
}
