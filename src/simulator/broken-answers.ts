import type { Fault } from "./faults.ts";
import { dripping, dropped, huge, json, short, switching, unanswered, whole } from "./sending.ts";
import type { Answer, Send } from "./sending.ts";

/** Answers the request in earnest: what it asks for is done, unless `lies` (see `root.ts`). */
export type Genuine = (how?: { readonly lies: boolean }) => Answer;

const page = "<!DOCTYPE html><html><body><h1>Please wait</h1></body></html>";
const internalError = [
  { message: "Something went wrong", extensions: { code: "INTERNAL_SERVER_ERROR" } },
];
const notJson = "@@not-json@@";

/** Where `genuine` is not called, nothing is done. */
export function brokenAnswer(fault: Fault, genuine: Genuine): Send {
  switch (fault) {
    case "http-401":
      return whole(json(401, { errors: [{ message: "Unauthorized" }] }));
    case "http-403":
      return whole({ status: 403, type: "text/plain", body: "error code: 1010" });
    case "http-429":
      return whole({ ...html(429), headers: { "retry-after": "1" } });
    case "http-500":
      return whole(json(500, { errors: internalError }));
    case "http-502-html":
      return whole(html(502));
    case "html-200":
      return whole(html(200));

    case "http-101":
      return switching;
    case "drop":
      return dropped;
    case "short":
      return short(genuine());
    case "silence":
      return unanswered;
    case "slow-drip":
      return dripping(genuine());
    case "huge":
      return huge(genuine());

    case "array":
      return whole(json(200, []));
    case "data-null":
      return whole(json(200, { data: null }));
    case "unauthorized-200":
      return whole(json(200, { errors: [{ message: "Unauthorized" }], data: null }));
    case "internal-error-200":
      return whole(json(200, { errors: internalError, data: null }));
    case "not-found-200":
      return whole(json(200, { data: { pod: null } }));
    case "unknown-field":
      return whole(
        json(400, {
          errors: [
            {
              message: 'Cannot query field "costPerHr" on type "Pod".',
              extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
            },
          ],
        }),
      );

    case "myself-null":
      return whole(nulled(genuine(), "myself"));
    case "balance-null":
      return whole(nulled(genuine(), "clientBalance"));
    case "balance-nan":
      return whole(withLiteralBalance(genuine(), "NaN"));
    case "balance-text":
      return whole(revised(genuine(), "clientBalance", () => "12.5"));
    case "balance-infinite":
      return whole(withLiteralBalance(genuine(), "1e999"));
    case "pods-null":
      return whole(nulled(genuine(), "pods"));
    case "broken-pod-row":
      return whole(
        revised(genuine(), "pods", (rows) =>
          Array.isArray(rows) ? [{ id: 5 }, ...(rows.slice(1) as unknown[]), null] : rows,
        ),
      );
    case "pod-ids-renamed":
      return whole(
        revised(genuine(), "pods", (rows) =>
          Array.isArray(rows)
            ? rows.map(({ id, ...row }: { id: string }) => ({ ...row, uid: id }))
            : rows,
        ),
      );
    case "telemetry-null":
      return whole(nulled(genuine(), "runtime", "latestTelemetry"));
    case "telemetry-null-gpus":
      return whole(nulled(genuine(), "gpus", "averageGpuMetrics"));
    case "telemetry-stale":
      return whole(revised(genuine(), "time", anHourBefore));
    case "uptime-zero":
      return whole(
        nulled(
          revised(genuine(), "uptimeInSeconds", () => 0),
          "lastStartedAt",
        ),
      );

    case "stop-errors-but-happens":
      genuine();
      return whole(json(200, { errors: internalError, data: null }));
    case "stop-lies":
      return whole(genuine({ lies: true }));
  }
}

function html(status: number): Answer {
  return { status, type: "text/html", body: page };
}

/** Fields go by the key in the answer, so an alias escapes. */
function revised(answer: Answer, field: string, change: (old: unknown) => unknown): Answer {
  const value: unknown = JSON.parse(answer.body, (key, old: unknown) =>
    key === field ? change(old) : old,
  );
  return { ...answer, body: JSON.stringify(value) };
}

function nulled(answer: Answer, ...fields: readonly string[]): Answer {
  return fields.reduce((before, field) => revised(before, field, () => null), answer);
}

function anHourBefore(time: unknown): unknown {
  return typeof time === "string" ? new Date(Date.parse(time) - 3_600_000).toISOString() : time;
}

/** For what JavaScript would not write as JSON. */
function withLiteralBalance(answer: Answer, literal: string): Answer {
  const marked = revised(answer, "clientBalance", () => notJson);
  return { ...marked, body: marked.body.replace(JSON.stringify(notJson), literal) };
}
