import type { Fault } from "#simulator/faults.ts";
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

/** Answers the request in earnest: what it asks for is done, unless `lies` (see `root.ts`). */
export type Genuine = (how?: { readonly lies: boolean }) => Answer;

const internalError = [
  { message: "Something went wrong", extensions: { code: "INTERNAL_SERVER_ERROR" } },
];
const retirement = [
  {
    message: "The GraphQL API has been retired. Use the REST API v2.",
    extensions: { code: "GONE" },
  },
];

export function retiredAnswer(): Answer {
  return json(410, { errors: retirement });
}

/** Where `genuine` is not called, nothing is done. */
export function brokenAnswer(fault: Fault, genuine: Genuine): Answer | Send {
  switch (fault) {
    case "http-401":
      return refusal(401, "Unauthorized");
    case "http-402":
      return refusal(402, "Your balance is too low");
    case "http-403":
      return { status: 403, type: "text/plain", body: "error code: 1010" };
    case "http-404":
      return refusal(404, "Not found");
    case "http-405":
      return refusal(405, "Only POST");
    case "http-409":
      return refusal(409, "The state does not allow it");
    case "http-410":
      return retiredAnswer();
    case "http-413":
      return refusal(413, "The request is too large");
    case "http-422":
      return refusal(422, "The request cannot be processed");
    case "http-429":
      return { ...html(429), headers: { "retry-after": "1" } };
    case "http-500":
      return json(500, { errors: internalError });
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
      return brokenOnTheWire(fault, genuine);

    case "array":
      return json(200, []);
    case "data-null":
      return json(200, { data: null });
    case "unauthorized-200":
      return json(200, { errors: [{ message: "Unauthorized" }], data: null });
    case "internal-error-200":
      return json(200, { errors: internalError, data: null });
    case "retired-200":
      return json(200, { errors: retirement, data: null });
    case "not-found-200":
      return json(200, { data: { pod: null } });
    case "unknown-field":
      return json(400, {
        errors: [
          {
            message: 'Cannot query field "costPerHr" on type "Pod".',
            extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
          },
        ],
      });

    case "myself-null":
      return nulled(genuine(), "myself");
    case "balance-null":
      return nulled(genuine(), "clientBalance");
    case "balance-nan":
      return withLiteral(genuine(), "clientBalance", "NaN");
    case "balance-text":
      return revised(genuine(), "clientBalance", () => "12.5");
    case "balance-infinite":
      return withLiteral(genuine(), "clientBalance", "1e999");
    case "pods-null":
      return nulled(genuine(), "pods");
    case "broken-pod-row":
      return revised(genuine(), "pods", withBrokenRow);
    case "pod-ids-renamed":
      return revised(genuine(), "pods", withRenamedIds);
    case "telemetry-null":
      return nulled(genuine(), "runtime", "latestTelemetry");
    case "telemetry-null-gpus":
      return nulled(genuine(), "gpus", "averageGpuMetrics");
    case "telemetry-stale":
      return revised(genuine(), "time", anHourBefore);
    case "uptime-zero":
      return nulled(
        revised(genuine(), "uptimeInSeconds", () => 0),
        "lastStartedAt",
      );

    // GraphQL has no pages: these pass it by (see `wanted.ts`).
    case "page-repeats":
    case "page-loops":
    case "page-fails":
    case "pagination-missing":
      return genuine();

    case "stop-errors-but-happens":
      genuine();
      return json(200, { errors: internalError, data: null });
    case "create-errors-but-happens":
      genuine();
      return json(200, { errors: internalError, data: null });
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

export function refusal(status: number, message: string): Answer {
  return json(status, { errors: [{ message }] });
}

function anHourBefore(time: unknown): unknown {
  return typeof time === "string" ? new Date(Date.parse(time) - 3_600_000).toISOString() : time;
}
