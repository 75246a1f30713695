import type { Readable } from "node:stream";

const longestTail = 4_000;

/**
 * Reads the streams to their end, so that their writer never blocks, and keeps only the last
 * 4,000 characters of them all in the order of arrival. The returned function gives those.
 */
export function keepTail(streams: readonly Readable[]): () => string {
  let tail = "";
  for (const stream of streams) {
    // A decoder each: a character cut by one stream's chunk must not be joined with the other's.
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      tail = lastOf(tail + text);
    });
    // A read that fails ends the tail early; how the program ended is told by its exit.
    stream.on("error", () => {});
  }
  return () => tail;
}

/**
 * Keeps all of a stream's text if it is at most so many bytes of UTF-8, and nothing of it if it is
 * more. The returned function gives it.
 */
export function keepWhole(stream: Readable, mostBytes: number): () => string | undefined {
  let parts: string[] | undefined = [];
  let bytes = 0;
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    bytes += Buffer.byteLength(text);
    if (bytes > mostBytes) parts = undefined;
    parts?.push(text);
  });
  return () => parts?.join("");
}

/** The last characters of a text, without half of a surrogate pair at their head. */
function lastOf(text: string): string {
  if (text.length <= longestTail) return text;
  const end = text.slice(-longestTail);
  return /^[\uDC00-\uDFFF]/.test(end) ? end.slice(1) : end;
}
