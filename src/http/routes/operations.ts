import type { Context } from "hono";
import type { ZodType } from "zod";
import type { Routes } from "#http/app.ts";
import type { HttpEnv } from "#http/asker.ts";
import { wishAsked } from "#http/contract/ahead.ts";
import type { Failure } from "#http/contract/failure.ts";
import { actions, endAsked, extendAsked } from "#http/contract/operation.ts";
import { hourMs } from "#guard/model/time.ts";
import { failed } from "./failed.ts";

/** What a person asks for by a button or over the API, and how far it is. */
export const operationRoutes: Routes = (app, { operations, redact }) => {
  app.get("/api/operations/:id", (c) => {
    if (c.get("asker") !== "owner") return forbidden(c);
    const found = operations.of(c.req.param("id"));
    if (found !== undefined) return c.json(found);
    return c.json<Failure>(
      {
        error: "No operation has that id.",
        hint: "The last 50 are kept, until the daemon ends.",
      },
      404,
    );
  });

  for (const action of actions) {
    app.post(`/api/pods/:id/${action}`, async (c) => {
      if (c.get("asker") !== "owner") return forbidden(c);
      const read = action === "extend" ? await readExtend(c) : await readEnd(c);
      if ("error" in read) return c.json<Failure>(read, 400);
      const podId = c.req.param("id");
      try {
        const operation = await operations.begin({ action, podId, by: byOf(c), ...read });
        return c.json(operation, 202, { location: `/api/operations/${operation.id}` });
      } catch (error) {
        return failed(c, error, redact);
      }
    });
  }

  for (const [path, wish] of [
    ["/api/schedules/:name/skip", operations.skip],
    ["/api/budgets/:name/unfreeze", operations.unfreeze],
  ] as const) {
    app.post(path, async (c) => {
      if (c.get("asker") !== "owner") return forbidden(c);
      const read = await readBody(c, wishAsked);
      if ("error" in read) return c.json<Failure>(read, 400);
      try {
        return c.json(await wish(c.req.param("name"), byOf(c)));
      } catch (error) {
        return failed(c, error, redact);
      }
    });
  }

  app.post("/api/activity/:id", async (c) => {
    const asker = c.get("asker");
    if (asker !== "owner" && asker !== "job") return forbidden(c);
    try {
      await operations.touchFromInside(c.req.param("id"));
      return c.body(null, 204);
    } catch (error) {
      return failed(c, error, redact);
    }
  });
};

interface Read {
  readonly forMs?: number | undefined;
  readonly run?: string | undefined;
}

async function readExtend(c: Context<HttpEnv>): Promise<Read | Failure> {
  const read = await readBody(c, extendAsked);
  if ("error" in read) return read;
  const { hours, run } = read.body;
  return { forMs: Math.round(hours * hourMs), run };
}

async function readEnd(c: Context<HttpEnv>): Promise<Read | Failure> {
  const read = await readBody(c, endAsked);
  return "error" in read ? read : { run: read.body.run };
}

/** No body is an empty one. */
async function readBody<Body>(
  c: Context<HttpEnv>,
  schema: ZodType<Body>,
): Promise<{ readonly body: Body } | Failure> {
  const text = await c.req.text();
  let json: unknown;
  try {
    json = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return { error: "The body is no JSON.", hint: 'Such as {"hours": 2}.' };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { body: parsed.data };
  const [first] = parsed.error.issues;
  const where = first?.path.join(".") ?? "";
  return {
    error: `The body is not as it should be: ${where === "" ? "" : `${where}: `}${first?.message ?? "it cannot be read"}.`,
    hint: "See /api/openapi.json.",
  };
}

/** The page has a session, and everyone else a token. */
function byOf(c: Context<HttpEnv>): string {
  return c.get("by") === "session" ? "on the page" : "over the API";
}

function forbidden(c: Context<HttpEnv>): Response {
  return c.json<Failure>(
    { error: "This token may not do that.", hint: "It may tell of activity, and nothing else." },
    403,
  );
}
