import type { SimulatedAccount } from "#simulator/account.ts";
import type { Does, Face, Incoming } from "#simulator/face.ts";
import { json, type Answer } from "#simulator/sending.ts";
import { brokenAnswer, retiredAnswer } from "./broken-answers.ts";
import { concerns, isOf } from "./concerns.ts";
import { documentOf } from "./document.ts";
import { problem } from "./problem.ts";
import { createRate, type RateWindow } from "./rate.ts";
import { routesAt, routesWith, type Route } from "./routes.ts";

const mostBytes = 102_400;
const documentPath = "/v2/openapi.json";
const podsPath = "/v2/pods";

/** How the simulated OpenAPI document tells of the balance; anything else is shown in its place. */
type DocumentKind = "with-balance" | "without-balance" | { readonly body: unknown };

export interface RestOptions {
  readonly account: SimulatedAccount;
  readonly apiKey: string;
  readonly readOnly: boolean;
  /** Undefined: all. */
  readonly scopes: readonly string[] | undefined;
}

/** What a test may change of it while it runs. */
export interface RestSettings {
  /** Undefined: all. */
  setScopes(scopes: readonly string[] | undefined): void;
  setRate(windows: readonly RateWindow[]): void;
  setPageSize(rows: number | undefined): void;
  setBalancePath(path: string): void;
  setDocument(kind: DocumentKind): void;
  /** Whether a stop answers 204 with no body, in place of the pod. */
  setStopsWithoutBody(isSo: boolean): void;
}

export interface RestFace extends Face {
  readonly settings: RestSettings;
}

/** RunPod's REST interface, version 2. */
export function restFace(options: RestOptions): RestFace {
  const { account } = options;
  const rate = createRate(() => account.nowMs());
  let { scopes } = options;
  let pageSize: number | undefined;
  let balancePath = "/v2/billing/balance";
  let routes = routesWith(balancePath);
  let document: DocumentKind = "with-balance";
  let stopsWithoutBody = false;
  let lastListWasOf: "pods" | "measure" = "measure";
  let isLooking = false;

  function shownDocument(): Answer {
    switch (document) {
      case "with-balance":
        return json(200, documentOf(routes));
      case "without-balance":
        return json(200, documentOf(routes.filter(({ path }) => path !== balancePath)));
      default:
        return json(200, document.body);
    }
  }

  function answer(request: Incoming, lies: boolean): Answer {
    if (request.path === documentPath && request.method === "GET") return shownDocument();
    if (request.authorization !== `Bearer ${options.apiKey}`) {
      return problem(401, "missing or invalid bearer token");
    }
    const { headers, waitSeconds } = rate.take();
    const answered =
      waitSeconds > 0
        ? problem(429, "rate limit exceeded", { "retry-after": String(waitSeconds) })
        : allowed(request, lies);
    return { ...answered, headers: { ...answered.headers, ...headers } };
  }

  function allowed(request: Incoming, lies: boolean): Answer {
    const found = routesAt(routes, request.path);
    const match = found.find(({ route }) => route.method === request.method);
    if (found.length === 0) return problem(404, "no such route");
    if (match === undefined) return notAllowed(found.map(({ route }) => route));

    const { scope } = match.route;
    if (scopes !== undefined && !scopes.includes(scope)) {
      return problem(403, `the API key lacks the scope ${scope}`);
    }
    if (options.readOnly && request.method !== "GET") {
      return problem(403, "the API key may only read");
    }
    if (Buffer.byteLength(request.body) > mostBytes) {
      return problem(413, `the body is over ${mostBytes} bytes`);
    }
    try {
      return match.route.answer({
        account,
        request,
        id: match.id,
        lies,
        pageSize,
        stopsWithoutBody,
      });
    } catch (error) {
      // The money ran out between the look at the pod and what was to be done to it.
      return problem(409, error instanceof Error ? error.message : String(error));
    }
  }

  /** A list of pods belongs to a look where the balance was answered before it, and measures otherwise. */
  function listIsOf(request: Incoming): Does {
    if (!request.query.has("cursor")) {
      lastListWasOf = isLooking ? "pods" : "measure";
      isLooking = false;
    }
    return lastListWasOf;
  }

  function purposeOf(request: Incoming, route: Route | undefined): Does {
    if (request.path === documentPath) return "openapi";
    if (request.path === podsPath && request.method === "GET") return listIsOf(request);
    return route?.does(request) ?? "other";
  }

  return {
    api: "rest",
    retired: retiredAnswer,
    read(request) {
      const match = routesAt(routes, request.path).find(
        ({ route }) => route.method === request.method,
      );
      const does = purposeOf(request, match?.route);
      const asked = {
        request,
        does,
        hasPods: request.path === podsPath && request.method === "GET",
      };
      return {
        api: "rest",
        does,
        podId: match?.id === "" ? undefined : match?.id,
        concerns: (fault) => concerns(asked, fault),
        isOf: (only, fault) => isOf(asked, only, fault),
        answer({ lies }) {
          const answered = answer(request, lies);
          if (does === "look") isLooking = answered.status === 200;
          return answered;
        },
        broken: (fault) =>
          brokenAnswer(
            fault,
            ({ lies = false, fromStart = false } = {}) =>
              answer(fromStart ? firstPageOf(request) : request, lies),
            request.query.get("cursor"),
          ),
      };
    },
    settings: {
      setScopes(wanted) {
        scopes = wanted;
      },
      setRate: (windows) => rate.set(windows),
      setPageSize(rows) {
        pageSize = rows;
      },
      setBalancePath(path) {
        balancePath = path;
        routes = routesWith(path);
      },
      setDocument(kind) {
        document = kind;
      },
      setStopsWithoutBody(isSo) {
        stopsWithoutBody = isSo;
      },
    },
  };
}

function firstPageOf(request: Incoming): Incoming {
  const query = new URLSearchParams(request.query);
  query.delete("cursor");
  return { ...request, query };
}

function notAllowed(routes: readonly Route[]): Answer {
  return problem(405, "the method is not allowed for this path", {
    allow: routes.map(({ method }) => method).join(", "),
  });
}
