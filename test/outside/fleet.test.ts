import { describe, expect, it } from "vitest";
import { secretName } from "#outside/worker/accounts.ts";
import { fleet } from "#outside/worker/fleet.ts";

const secret = JSON.stringify({
  beatKey: "a-beat-key-of-this-test-and-of-no-other",
  apiKey: "key",
  api: "rest",
  graphqlUrl: "https://runpod.example/graphql",
  channels: [],
});
const bindings = { RUNPODBOSS_ADMIN_TOKEN: "a-token", [secretName("main")]: secret };
const nobody = () => ({ fetch: () => Promise.reject(new Error("nobody is to be asked")) });

const asked = (path: string, token = "a-token", method = "GET"): Request =>
  new Request(`https://guard.example${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });

describe("the list of all accounts", () => {
  it.for<[sentence: string, request: Request, has: object, status: number]>([
    ["where there is no token", asked("/fleet"), { RUNPODBOSS_ADMIN_TOKEN: undefined }, 404],
    ["where the token is empty", asked("/fleet", ""), { RUNPODBOSS_ADMIN_TOKEN: "" }, 404],
    ["for another token", asked("/fleet", "another-token"), {}, 401],
    ["for a piece of the token", asked("/fleet", "a-tok"), {}, 401],
    ["without a token", new Request("https://guard.example/fleet"), {}, 401],
    ["for too many at once", asked("/fleet?limit=41"), {}, 400],
    ["for none", asked("/fleet?limit=0"), {}, 400],
    ["for what is no number", asked("/fleet?limit=all"), {}, 400],
    ["sent by POST", asked("/fleet", "a-token", "POST"), {}, 405],
  ])("is not given %s, and nobody is asked", async ([, request, has, status]) => {
    expect((await fleet(request, { ...bindings, ...has }, nobody)).status).toBe(status);
  });

  it.for<[sentence: string, answer: () => Promise<Response>, problem: RegExp]>([
    ["never answers", () => new Promise(() => undefined), /does not answer: not done after/],
    ["breaks", () => Promise.reject(new Error("it was reset")), /does not answer: it was reset/],
    ["fails", () => Promise.resolve(new Response(null, { status: 500 })), /HTTP 500/],
    ["answers something else", () => Promise.resolve(new Response("<p>")), /does not answer/],
  ])("has a row, with why, for a guard that %s", async ([, answer, problem]) => {
    const list = await fleet(asked("/fleet"), bindings, () => ({ fetch: answer }), 20);

    expect(await list.json()).toEqual({
      accounts: [
        expect.objectContaining({
          name: "main",
          role: null,
          balance_usd: null,
          problem: expect.stringMatching(problem) as string,
        }),
      ],
      next: null,
    });
  });
});
