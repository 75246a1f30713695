import type { Failure } from "#http/contract/failure.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import { keyHeaders } from "#page/key.ts";
import { hoursOf, type Question } from "./question.ts";
import type { Sent } from "./sent.ts";

const limitMs = 30_000;

/** Asks the daemon for what was answered with yes. Never throws. */
export async function send({ action, podId, run, hours }: Question): Promise<Sent> {
  const body = {
    ...(action === "extend" && { hours: hoursOf(hours) }),
    ...(run !== null && { run }),
  };
  try {
    const response = await fetch(`api/pods/${encodeURIComponent(podId)}/${action}`, {
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
    return await readAnswer(response);
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    const because = isLate ? `no answer within ${limitMs / 1000} s` : "the connection broke";
    return { kind: "unanswered", because };
  }
}

async function readAnswer(response: Response): Promise<Sent> {
  if (response.ok) return { kind: "begun", operation: (await response.json()) as OperationAnswer };
  const failed = (await response.json().catch(() => undefined)) as Partial<Failure> | undefined;
  if (typeof failed?.error === "string") {
    return { kind: "refused", error: failed.error, hint: failed.hint ?? null };
  }
  // What stands between us and the daemon answers so, maybe after it was passed on.
  return { kind: "unanswered", because: `the answer was ${response.status}` };
}
