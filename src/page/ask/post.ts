import type { Failure } from "#http/contract/failure.ts";
import { keyHeaders } from "#page/key.ts";
import type { Answered } from "./sent.ts";

const limitMs = 30_000;

/** Asks the daemon for what was answered with yes. Never throws. */
export async function post<Body>(path: string, body: object): Promise<Answered<Body>> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: {
        ...keyHeaders(),
        "content-type": "application/json",
        accept: "application/json",
      },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(limitMs),
    });
    if (response.status === 401) return { kind: "logged-out" };
    return await read(response);
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    const because = isLate ? `no answer within ${limitMs / 1000} s` : "the connection broke";
    return { kind: "unanswered", because };
  }
}

async function read<Body>(response: Response): Promise<Answered<Body>> {
  if (response.ok) return { kind: "answered", body: (await response.json()) as Body };
  const failed = (await response.json().catch(() => undefined)) as Partial<Failure> | undefined;
  if (typeof failed?.error === "string") {
    return { kind: "refused", error: failed.error, hint: failed.hint ?? null };
  }
  // What stands between us and the daemon answers so, maybe after it was passed on.
  return { kind: "unanswered", because: `the answer was ${response.status}` };
}
