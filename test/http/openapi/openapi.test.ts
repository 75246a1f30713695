import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { createApp } from "#http/app.ts";
import type { HttpDeps } from "#http/deps.ts";
import { described } from "#http/openapi/described.ts";
import { openapiDocument } from "#http/openapi/document.ts";
import { blind, pod } from "../../guard/samples.ts";
import { viewed } from "../view/viewed.ts";

const token = "the-token-of-the-owner-is-long-enough";

/** The real app, over a guard in memory. */
async function served() {
  const guard = await viewed();
  const deps = {
    view: guard.view,
    clock: guard.clock,
    settings: () => ({
      host: "127.0.0.1",
      port: 8092,
      token,
      activityToken: `${token}-of-jobs`,
      metricsToken: `${token}-of-prometheus`,
    }),
    redact: (text: string) => text,
    log: { error: () => undefined, warn: () => undefined, info: () => undefined },
    health: () => ({ isHealthy: true, because: "fine", lastGoodAtMs: 0, limitMs: 1 }),
    metrics: () => "",
    pageFiles: new Map(),
    links: {},
    operations: {
      of: () => undefined,
      latest: () => [],
      begin: () => Promise.reject(new Error("not asked")),
    },
    counts: {
      answered: () => undefined,
      wrongToken: () => undefined,
      streamBegan: () => () => undefined,
    },
  } as unknown as HttpDeps;
  const app = createApp(deps);
  const ask = (path: string) =>
    app.request(path, { headers: { authorization: `Bearer ${token}` } });
  return { guard, app, ask };
}

interface Operation {
  readonly operationId: string;
  readonly responses: object;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string }[];
}

/** What is read of the document here. */
function documentIn(json: unknown) {
  return json as {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly securitySchemes: object };
  };
}

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
ajv.addSchema(openapiDocument(), "document");

function faultsOf(shape: string, answer: unknown): unknown {
  const isValid = ajv.compile({ $ref: `document#/components/schemas/${shape}` });
  return isValid(answer) ? [] : isValid.errors;
}

describe("the OpenAPI document", () => {
  it("is served, and has every route of the app", async () => {
    const { app, ask } = await served();
    const { openapi, paths } = documentIn(await (await ask("/api/openapi.json")).json());
    const routes = app.routes
      .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const inIt = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(openapi).toBe("3.1.0");
    expect(routes.length).toBeGreaterThan(8);
    expect(routes.filter((route) => !inIt.includes(route))).toEqual([]);
    expect(inIt.filter((route) => !routes.includes(route))).toEqual([]);
  });

  it("has the failures and the securities of each, and names each once", () => {
    const { paths, components } = documentIn(openapiDocument());
    const all = Object.values(paths).flatMap((methods) => Object.values(methods));

    expect(all).toHaveLength(described.length);
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const { responses } of all) expect(responses).toMatchObject({ 403: {}, 429: {}, 500: {} });
    expect(components.securitySchemes).toMatchObject({
      token: {},
      activityToken: {},
      metricsToken: {},
      session: { in: "cookie" },
      sessionKey: { in: "header", name: "x-runpodboss-key" },
    });
    const status = paths["/api/status"]?.["get"];
    expect(status).toMatchObject({
      security: [{ token: [] }, { session: [], sessionKey: [] }],
      responses: { 200: {}, 401: {} },
    });
    expect(paths["/api/activity/{id}"]?.["post"]?.security).toContainEqual({ activityToken: [] });
    const withMetricsToken = Object.entries(paths).filter(([, methods]) =>
      Object.values(methods).some(({ security }) =>
        security?.some((each) => "metricsToken" in each),
      ),
    );
    expect(withMetricsToken.map(([path]) => path)).toEqual(["/metrics"]);
  });

  it("has the parameters of a query, by what reads it", () => {
    const { paths } = documentIn(openapiDocument());

    const { parameters } = paths["/api/history"]?.["get"] ?? {};
    expect(parameters?.map(({ name }) => name)).toEqual(["since", "pod", "type", "before"]);
    expect(parameters?.[3]).toMatchObject({
      required: false,
      description: expect.stringContaining("next_before"),
      schema: { type: "string", maxLength: 38 },
    });
    expect(paths["/api/pods/{id}/stop"]?.["post"]?.parameters).toEqual([
      { name: "id", in: "path", required: true, schema: { type: "string" } },
    ]);
  });

  it.each([
    ["/api/status", 200, "Status"],
    ["/api/history", 200, "History"],
    ["/api/history?since=now", 400, "Failure"],
    ["/api/balance?points=20", 200, "Balance"],
    ["/api/balance?points=1", 400, "Failure"],
    ["/api/operations/none", 404, "Failure"],
    ["/health", 200, "Health"],
  ] as const)("says what %s answers: %i %s", async (path, status, shape) => {
    const { guard, ask } = await served();
    guard.poll({ pods: [pod(), pod({ id: "p2", name: "<img src=x onerror=alert(1)>" })] });

    const answer = await ask(path);

    expect(answer.status).toBe(status);
    expect(faultsOf(shape, await answer.json())).toEqual([]);
  });

  it("says what is answered without a token, and with one that may not", async () => {
    const { app } = await served();
    const asked = (bearer: string | undefined) =>
      app.request("/api/status", {
        headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      });

    const answers = [await asked(undefined), await asked("wrong"), await asked(`${token}-of-jobs`)];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
    for (const answer of answers) expect(faultsOf("Failure", await answer.json())).toEqual([]);
  });

  it("says what a blind guard answers", async () => {
    const { guard, ask } = await served();
    guard.poll(blind(guard.clock.nowMs()));

    expect(faultsOf("Status", await (await ask("/api/status")).json())).toEqual([]);
  });

  it("finds an answer that is not as it says", () => {
    expect(faultsOf("Status", { balance_usd: "0" })).not.toEqual([]);
    expect(faultsOf("Failure", { error: "x", hint: null, stack: "at …" })).not.toEqual([]);
  });
});
