/** Undefined: it is longer, by its own word or as it comes. */
export async function bodyOf(request: Request, mostBytes: number): Promise<string | undefined> {
  const length = Number(request.headers.get("content-length") ?? "0");
  if (length > mostBytes || request.body === null) return undefined;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > mostBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
