import { textWithin } from "#outside/text-within.ts";

/** Undefined: there is none, or it is longer, by its own word or as it comes. */
export async function bodyOf(request: Request, mostBytes: number): Promise<string | undefined> {
  const length = Number(request.headers.get("content-length") ?? "0");
  if (length > mostBytes || request.body === null) return undefined;
  return textWithin(request.body, mostBytes);
}
