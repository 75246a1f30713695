import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { Asker, HttpEnv } from "#http/asker.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked, HttpDeps, Operations } from "#http/deps.ts";
import { Refused } from "#http/operations/refused.ts";
import { operationRoutes } from "#http/routes/operations.ts";

const operation: OperationAnswer = {
  id: "an-operation",
  pod_id: "p1",
  pod_name: "trainer",
  action: "stop",
  asked_at: "2026-01-01T00:00:00.000Z",
  state: "running",
  steps: [],
  words: null,
};

/** What the doors have found is said here by the test. */
function served(
  asker: Asker | undefined,
  begin?: Operations["begin"],
  by: "token" | "session" = "session",
) {
  const asked: Asked[] = [];
  const touched: string[] = [];
  const wished: string[] = [];
  const wish = (what: string) => (name: string, who: string) => {
    wished.push(`${what} ${name} ${who}`);
    if (name === "none") {
      return Promise.reject(new Refused("not-found", `There is no such ${what}, by the secret.`));
    }
    if (name === "idle") return Promise.reject(new Refused("conflict", "There is nothing to do."));
    const until = "2026-01-01T19:00:00.000Z";
    return Promise.resolve({ name, until, words: `${what} done`, troubles: [] });
  };
  const operations: Operations = {
    begin:
      begin ??
      ((wish) => {
        asked.push(wish);
        return Promise.resolve(operation);
      }),
    of: (id) => (id === operation.id ? operation : undefined),
    latest: () => [operation],
    touchFromInside(podId) {
      touched.push(podId);
      return podId === "p1"
        ? Promise.resolve()
        : Promise.reject(new Refused("not-found", "There is no pod with the id secret."));
    },
    skip: wish("skip"),
    unfreeze: wish("unfreeze"),
  };
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    if (asker !== undefined) {
      c.set("asker", asker);
      c.set("by", by);
    }
    await next();
  });
  const redact = (text: string): string => text.replaceAll("secret", "[redacted]");
  operationRoutes(app, { operations, redact } as unknown as HttpDeps);
  const post = (path: string, body?: string) =>
    app.request(path, { method: "POST", ...(body !== undefined && { body }) });
  return { app, asked, touched, wished, post };
}

describe("what is asked for by POST", () => {
  it.each([
    ["stop", undefined, { run: undefined }],
    ["stop", "", { run: undefined }],
    ["terminate", '{"run": "m1x"}', { run: "m1x" }],
    ["touch", "{}", { run: undefined }],
    ["extend", '{"hours": 2, "run": "m1x"}', { forMs: 7_200_000, run: "m1x" }],
  ] as const)("%s %s is begun, and answered with how it stands", async (action, body, wish) => {
    const { post, asked } = served("owner");

    const answer = await post(`/api/pods/p1/${action}`, body);

    expect(answer.status).toBe(202);
    expect(answer.headers.get("location")).toBe("/api/operations/an-operation");
    expect(await answer.json()).toEqual(operation);
    expect(asked).toEqual([{ action, podId: "p1", by: "on the page", ...wish }]);
  });

  it("with a token is asked for over the API", async () => {
    const { post, asked } = served("owner", undefined, "token");

    await post("/api/pods/p1/stop", "{}");

    expect(asked).toMatchObject([{ by: "over the API" }]);
  });

  it.each([
    ["extend", "", "hours"],
    ["extend", '{"hours": 0}', "hours"],
    ["extend", '{"hours": -1}', "hours"],
    ["extend", '{"hours": 1e9}', "hours"],
    ["extend", '{"hours": "2"}', "hours"],
    ["extend", '{"hours": 0.0000001}', "hours"],
    ["extend", '{"hours": 2, "for": "ever"}', "for"],
    ["stop", '{"run": 7}', "run"],
    ["stop", '{"runs": "m1x"}', "runs"],
    ["stop", "[]", "object"],
    ["stop", "stop it", "The body is no JSON"],
    ["stop", '{"run": "m1x"', "The body is no JSON"],
  ])("%s with %s is not understood, and begins nothing", async (action, body, words) => {
    const { post, asked } = served("owner");

    const answer = await post(`/api/pods/p1/${action}`, body);

    expect(answer.status).toBe(400);
    expect((await answer.json()) as unknown).toMatchObject({
      error: expect.stringContaining(words),
      hint: expect.any(String),
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ["not-found", 404],
    ["conflict", 409],
    ["too-many", 429],
    ["unavailable", 503],
  ] as const)(
    "and is refused as %s: %i, with the words and without secrets",
    async (refusal, status) => {
      const refused = new Refused(refusal, "Pod secret is protected.", "Leave secret out.");
      const { post } = served("owner", () => Promise.reject(refused));

      const answer = await post("/api/pods/p1/stop");

      expect(answer.status).toBe(status);
      expect(await answer.json()).toEqual({
        error: "Pod [redacted] is protected.",
        hint: "Leave [redacted] out.",
      });
    },
  );

  it("is not asked for by GET, nor is what there is no button for", async () => {
    const { app, post, asked } = served("owner");

    expect((await app.request("/api/pods/p1/stop")).status).toBe(404);
    expect((await post("/api/pods/p1/lease")).status).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe("an operation", () => {
  it("is found by its id", async () => {
    const { app } = served("owner");

    const answer = await app.request("/api/operations/an-operation");

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(operation);
  });

  it("that is not known, or long over, is 404 with a word on why", async () => {
    const answer = await served("owner").app.request("/api/operations/another");

    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: "No operation has that id.",
      hint: "The last 50 are kept, until the daemon ends.",
    });
  });
});

describe("the token of a job in a pod", () => {
  it("can say that it is at work", async () => {
    const { post, touched } = served("job");

    const answer = await post("/api/activity/p1");

    expect(answer.status).toBe(204);
    expect(touched).toEqual(["p1"]);
  });

  it("hears why that was refused", async () => {
    const answer = await served("job").post("/api/activity/p9");

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      error: "There is no pod with the id [redacted].",
    });
  });

  it.each(["job", undefined] as const)("or none (%s) can do nothing else", async (asker) => {
    const { app, post, asked } = served(asker);

    for (const action of ["extend", "touch", "stop", "terminate"]) {
      expect((await post(`/api/pods/p1/${action}`, '{"hours": 1}')).status).toBe(403);
    }
    expect((await app.request("/api/operations/an-operation")).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it("is needed, or the other one", async () => {
    expect((await served(undefined).post("/api/activity/p1")).status).toBe(403);
    expect((await served("owner").post("/api/activity/p1")).status).toBe(204);
  });
});

describe("a wish about a schedule or a budget", () => {
  it.each([
    ["/api/schedules/evening/skip", "skip evening on the page"],
    ["/api/schedules/a%2Fb%20c/skip", "skip a/b c on the page"],
    ["/api/budgets/daily/unfreeze", "unfreeze daily on the page"],
  ])("%s is carried out at once, and answered in words", async (path, wish) => {
    const { post, wished } = served("owner");

    const answer = await post(path);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ until: "2026-01-01T19:00:00.000Z", troubles: [] });
    expect(wished).toEqual([wish]);
  });

  it.each([
    ["/api/schedules/none/skip", 404, "There is no such skip, by the [redacted]."],
    ["/api/budgets/idle/unfreeze", 409, "There is nothing to do."],
  ])("%s is refused with why", async (path, status, error) => {
    const { post } = served("owner");

    const answer = await post(path, "{}");

    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error, hint: null });
  });

  it.each([["[]"], ['{"until": "tomorrow"}'], ["skip it"]])(
    "with %s is not understood, and nothing is carried out",
    async (body) => {
      const { post, wished } = served("owner");

      expect((await post("/api/schedules/evening/skip", body)).status).toBe(400);
      expect(wished).toEqual([]);
    },
  );

  it.each(["job", "monitor", undefined] as const)("is forbidden to %s", async (asker) => {
    const { post, wished } = served(asker);

    expect((await post("/api/schedules/evening/skip")).status).toBe(403);
    expect((await post("/api/budgets/daily/unfreeze")).status).toBe(403);
    expect(wished).toEqual([]);
  });
});
