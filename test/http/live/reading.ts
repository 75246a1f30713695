/** What a stream has sent so far, event by event. */
export interface Reading {
  /** The next one that is no comment; waits for it. */
  readonly next: () => Promise<Heard>;
  readonly stop: () => Promise<void>;
}

interface Heard {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

export function reading(body: ReadableStream<Uint8Array>): Reading {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";

  async function block(): Promise<string> {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end !== -1) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream has ended");
      text += decoder.decode(value, { stream: true });
    }
  }

  return {
    async next() {
      for (;;) {
        const fields = new Map(
          (await block()).split("\n").map((line) => {
            const at = line.indexOf(":");
            return [line.slice(0, at), line.slice(at + 1).trim()] as const;
          }),
        );
        const event = fields.get("event");
        if (event !== undefined) {
          return { event, id: fields.get("id"), data: JSON.parse(fields.get("data") ?? "null") };
        }
      }
    },
    stop: () => reader.cancel(),
  };
}
