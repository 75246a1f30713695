import { sessionKeyHeader } from "#http/login/session.ts";
import { version } from "#package.json";
import { type Described, described } from "./described.ts";
import { componentSchemas, queryParameters, reference } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** What the doors answer, whatever is asked for. */
const ofDoors = {
  403: "Another name, another site, or a token that may not.",
  429: "Too many requests, or wrong tokens.",
  500: "A bug of ours.",
} as const;

/** What is served, as OpenAPI 3.1. */
export function openapiDocument(): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "RunPodBoss",
      version,
      description:
        "What the daemon knows and what it can be asked for. null is unknown, or what does not apply: never 0, and never none.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths: pathsOf(described),
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "The token of the page." },
        activityToken: {
          type: "http",
          scheme: "bearer",
          description:
            "For jobs inside the pods: it can say that a pod is at work, and nothing else.",
        },
        metricsToken: {
          type: "http",
          scheme: "bearer",
          description:
            "For Prometheus: it can read /metrics and what /health says, and nothing else.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "runpodboss-8092",
          description:
            "Set by the login of the page; its name ends in the port, and is __Host-runpodboss over TLS. By itself it opens the files of the page alone. What changes anything must come from the page itself.",
        },
        sessionKey: {
          type: "apiKey",
          in: "header",
          name: sessionKeyHeader,
          description:
            "Goes with the cookie, which a browser sends to every port of the host: the key of that session, as the login gives it to the page (in the fragment of its address), and to programs (in a header of this name).",
        },
      },
    },
  };
}

function pathsOf(all: readonly Described[]): Json {
  const paths = new Map<string, Json>();
  for (const each of all) {
    paths.set(each.path, { ...paths.get(each.path), [each.method]: operationOf(each) });
  }
  return Object.fromEntries(paths);
}

function operationOf(each: Described): Json {
  const { method, path, summary, query, body, answers, failures = {}, by } = each;
  const parameters = [
    ...Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...(query === undefined ? [] : queryParameters(query)),
  ];
  return {
    operationId: operationId(method, path),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: bodyOf(body) }),
    responses: responsesOf(answers, { ...ofDoors, ...(by !== "nobody" && noToken), ...failures }),
    security: securityOf[by],
  };
}

const noToken = { 401: "No token, or a wrong one." } as const;

const securityOf = {
  owner: [{ token: [] }, { session: [], sessionKey: [] }],
  session: [{ token: [] }, { session: [] }],
  job: [{ activityToken: [] }, { token: [] }, { session: [], sessionKey: [] }],
  monitor: [{ metricsToken: [] }, { token: [] }, { session: [], sessionKey: [] }],
  nobody: [{}],
} as const;

function operationId(method: string, path: string): string {
  const words = path.split("/").flatMap((part) => part.match(/\w+/g) ?? []);
  return [method, ...words].join("_");
}

function bodyOf(body: NonNullable<Described["body"]>): Json {
  switch (body) {
    case "form":
      return {
        required: true,
        content: { "application/x-www-form-urlencoded": { schema: { type: "object" } } },
      };
    case "login-code":
      return { required: true, content: { "application/json": { schema: { type: "object" } } } };
    default:
      return {
        required: body === "Extend",
        content: { "application/json": { schema: reference(body) } },
      };
  }
}

function responsesOf(
  answers: Described["answers"],
  failures: Readonly<Record<number, string>>,
): Json {
  const all = new Map<string, Json>();
  const failed = { "application/json": { schema: reference("Failure") } };
  for (const [status, description] of Object.entries(failures)) {
    all.set(status, { description, content: failed });
  }
  for (const [status, { words, content }] of Object.entries(answers)) {
    all.set(status, {
      description: words,
      ...(content !== undefined && { content: contentOf(content) }),
    });
  }
  return Object.fromEntries(all);
}

function contentOf(content: { json: Parameters<typeof reference>[0] } | { text: string }): Json {
  return "json" in content
    ? { "application/json": { schema: reference(content.json) } }
    : {
        [content.text]: {
          schema: { type: content.text === "application/json" ? "object" : "string" },
        },
      };
}
