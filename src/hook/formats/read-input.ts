/** What came in, or why it could not be read. */
export type Input =
  | { readonly kind: "read"; readonly text: string }
  | { readonly kind: "unread"; readonly because: string; readonly text: string };

const mostBytes = 4 * 1_024 * 1_024;

/** All that comes in, up to a size and for so long. Never throws, and lets go of the stream. */
export async function readInput(stdin: NodeJS.ReadStream, limitMs: number): Promise<Input> {
  const pieces: Buffer[] = [];
  let size = 0;
  const textOf = () => Buffer.concat(pieces).toString("utf8");
  return new Promise<Input>((resolve) => {
    const end = (input: Input): void => {
      clearTimeout(timer);
      stdin.removeAllListeners("data");
      stdin.pause();
      stdin.unref?.();
      resolve(input);
    };
    const unread = (because: string): void => end({ kind: "unread", because, text: textOf() });
    const timer = setTimeout(() => unread(`it did not end within ${limitMs / 1_000} s`), limitMs);
    stdin.on("data", (piece: Buffer | string) => {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      size += bytes.length;
      if (size > mostBytes) unread("it is over 4 MiB");
      else pieces.push(bytes);
    });
    stdin.on("end", () => end({ kind: "read", text: textOf() }));
    stdin.on("error", (error) => unread(error.message));
  });
}
