import type { Fault } from "#simulator/faults.ts";
import { isObject } from "#simulator/json.ts";
import {
  html,
  nulled,
  revised,
  withBrokenRow,
  withLiteral,
  withRenamedIds,
} from "#simulator/revised.ts";
import { dropped, json, unanswered, type Answer, type Send } from "#simulator/sending.ts";
import { brokenOnTheWire } from "#simulator/wire-faults.ts";
import { cursorAt } from "./pages.ts";
import { problem } from "./problem.ts";

/** Answers the request in earnest, unless told otherwise. */
export type Genuine = (how?: {
  readonly lies?: boolean;
  /** As if the first page had been asked for. */
  readonly fromStart?: boolean;
}) => Answer;

const serverError = problem(500, "something went wrong");

export function retiredAnswer(): Answer {
  return problem(410, "this API has been retired");
}

/** Where `genuine` is not called, nothing is done. `cursor` is the one that the request has. */
export function brokenAnswer(fault: Fault, genuine: Genuine, cursor: string | null): Answer | Send {
  switch (fault) {
    case "http-401":
      return problem(401, "invalid bearer token");
    case "http-402":
      return problem(402, "the balance is too low");
    case "http-403":
      return { status: 403, type: "text/plain", body: "error code: 1010" };
    case "http-404":
      return problem(404, "no such route");
    case "http-405":
      return problem(405, "the method is not allowed for this path");
    case "http-409":
      return problem(409, "the state does not allow it");
    case "http-410":
      return retiredAnswer();
    case "http-413":
      return problem(413, "the body is over 102400 bytes");
    case "http-422":
    case "unknown-field":
      return problem(422, "Request validation failed.");
    case "http-429":
      return { ...html(429), headers: { "retry-after": "1" } };
    case "http-500":
      return serverError;
    case "http-502-html":
      return html(502);
    case "html-200":
      return html(200);

    case "http-101":
    case "drop":
    case "short":
    case "silence":
    case "slow-drip":
    case "huge":
      return brokenOnTheWire(fault, () => withBody(genuine()));

    case "array":
      return json(200, []);
    case "data-null":
      return json(200, {});
    case "unauthorized-200":
      return { ...problem(401, "invalid bearer token"), status: 200 };
    case "internal-error-200":
      return { ...serverError, status: 200 };
    case "retired-200":
      return { ...retiredAnswer(), status: 200 };
    case "not-found-200":
      return json(200, null);

    case "myself-null":
      genuine();
      return json(200, null);
    case "balance-null":
      return nulled(genuine(), "balanceAmount");
    case "balance-nan":
      return withLiteral(genuine(), "balanceAmount", "NaN");
    case "balance-text":
      return revised(genuine(), "balanceAmount", () => "12.5");
    case "balance-infinite":
      return withLiteral(genuine(), "balanceAmount", "1e999");
    case "pods-null":
      return nulled(genuine(), "pods");
    case "broken-pod-row":
      return revised(genuine(), "pods", withBrokenRow);
    case "pod-ids-renamed":
      return revised(genuine(), "pods", withRenamedIds);
    case "telemetry-null":
      return nulled(genuine(), "runtime");
    case "telemetry-null-gpus":
      return nulled(genuine(), "gpus");
    case "telemetry-stale":
      // REST has no time of measuring: that the uptime stands still, for an hour, is all that tells.
      return revised(genuine(), "uptime", (seconds) => Number(seconds) - (Number(seconds) % 3600));
    case "uptime-zero":
      return nulled(
        revised(genuine(), "uptime", () => 0),
        "startedAt",
      );

    case "page-repeats":
      return withRowsOf(genuine(), genuine({ fromStart: true }));
    case "page-loops":
      return revised(genuine(), "pagination", () => ({
        nextCursor: cursor ?? cursorAt(0),
        hasNextPage: true,
      }));
    case "page-fails":
      return serverError;
    case "pagination-missing":
      return revised(genuine(), "pagination", () => undefined);

    case "stop-errors-but-happens":
      genuine();
      return serverError;
    case "create-errors-but-happens":
      genuine();
      return serverError;
    case "create-hangs-but-happens":
      genuine();
      return unanswered;
    case "create-drops-but-happens":
      genuine();
      return dropped;
    case "create-drops":
      return dropped;
    case "stop-lies":
    case "create-lies":
      return genuine({ lies: true });
  }
}

/** What has no body cannot be cut or padded. */
function withBody(answer: Answer): Answer {
  return answer.body === "" ? json(200, { done: true }) : answer;
}

function withRowsOf(answer: Answer, other: Answer): Answer {
  const rows: unknown = JSON.parse(other.body);
  return isObject(rows) ? revised(answer, "pods", () => rows["pods"]) : answer;
}
