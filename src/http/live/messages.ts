const encoder = new TextEncoder();

/** What is sent to all is made once. */
export interface Message {
  /** Whoever has it need not be sent it again. */
  readonly n: number;
  readonly bytes: Uint8Array;
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** An event of a stream; JSON has no line ends, so that it is one line. */
export function eventText(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

export function idText(boot: string, n: number): string {
  return `id: ${boot}-${n}\n`;
}

/** The number of an id of this process; undefined: it is none. */
export function numberIn(id: string, boot: string): number | undefined {
  const [, of, digits] = /^(.{1,40})-(\d{1,15})$/.exec(id) ?? [];
  return of === boot ? Number(digits) : undefined;
}
