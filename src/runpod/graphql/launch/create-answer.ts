import type { CreateAnswer } from "#guard/model/launch.ts";
import { TransportError } from "#requests/answer.ts";
import { createdIn, notCreated } from "#runpod/launch/created.ts";
import { isJson } from "#runpod/readings.ts";
import type { Replied } from "./ask.ts";

/** More of RunPod's words is not shown. */
const longestWords = 200;
/** Of a list of errors. */
const mostErrors = 5;

const ofKey = /\bunauthori[sz]ed\b/i;
/** What RunPod says of an order that it has not begun to carry out. Whatever else it says may have happened. */
const refusals: readonly RegExp[] = [
  /^unauthori[sz]ed\b/i,
  /\bno longer any instances available\b/i,
  /\bno instances? (is |are )?(currently )?available\b/i,
];
const refusalCodes: readonly unknown[] = ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"];

/** What RunPod has answered to an order. */
export function createAnswerOf({ status, data, errors }: Replied): CreateAnswer {
  const { podFindAndDeployOnDemand: pod } = data;
  const isGood = status >= 200 && status < 300;
  const created = isGood && isJson(pod) ? createdIn(pod["id"], pod["costPerHr"]) : undefined;
  if (created !== undefined) return created;
  const words = errorWords(errors);
  const because = words ?? (isGood ? "the answer does not say which pod it is" : "no reason given");
  return notCreated(isGood ? because : `HTTP ${status}: ${because}`, {
    isReadOnlyKey: status === 401 || ofKey.test(words ?? ""),
    isRefusal: words !== undefined && !isJson(pod) && isRefusal(status, errors),
  });
}

/** Every error is one of those that say so. */
function isRefusal(status: number, errors: readonly unknown[]): boolean {
  if (status === 401 || status === 429) return true;
  if (status >= 500) return false;
  return errors.every((error) => {
    if (!isJson(error)) return false;
    const { message, extensions } = error;
    const code = isJson(extensions) ? extensions["code"] : undefined;
    if (refusalCodes.includes(code)) return true;
    return typeof message === "string" && refusals.some((words) => words.test(message));
  });
}

/** RunPod, or someone on the way to it, does not take the key. */
export function isOfKey(error: unknown): boolean {
  return error instanceof TransportError && error.status === 401;
}

/** The words of GraphQL errors, whatever shape they came in; undefined when there are none. */
export function errorWords(errors: readonly unknown[]): string | undefined {
  const words = errors.slice(0, mostErrors).map((error) => {
    const found = isJson(error) && "message" in error ? error["message"] : error;
    return typeof found === "string" ? found : JSON.stringify(found);
  });
  return words.join("; ").slice(0, longestWords).trim() || undefined;
}
