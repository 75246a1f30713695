import type { Context } from "hono";
import { UserError } from "#errors.ts";
import { hourMs } from "#guard/model/time.ts";
import type { Routes } from "#http/app.ts";
import type { HttpDeps } from "#http/deps.ts";
import { type ActPage, actHeaders, wholePage } from "#http/links/act-page.ts";
import {
  beginningPage,
  elsewherePage,
  notNowPage,
  overPage,
  progressPage,
  refusedPage,
  testPage,
  unknownPage,
  usedPage,
} from "#http/links/answer-pages.ts";
import type { Links, ReadLink } from "#http/links/links.ts";
import { questionPage } from "#http/links/question-page.ts";

type Status = 200 | 403 | 404 | 409 | 410 | 503;

interface Answer {
  readonly status: Status;
  readonly page: ActPage;
  /** It goes on: the page asks for itself again after so many seconds. */
  readonly againSeconds?: number;
}

const followSeconds = 2;

/**
 * What a button in a notification opens. Asking for it, by whatever program that looks where links lead,
 * shows the question and does nothing; only the form of that page does.
 */
export const actRoutes: Routes = (app, deps) => {
  const { links } = deps;
  if (links === undefined) return;

  app.get("/act/:token", async (c) => {
    await links.whenRead;
    return answerWith(c, deps, answerTo(c.req.param("token"), links, deps));
  });

  app.post("/act/:token", async (c) => {
    const token = c.req.param("token");
    if (isFromElsewhere(c, deps)) {
      return answerWith(c, deps, { status: 403, page: elsewherePage });
    }
    const form = await c.req.parseBody().catch(() => undefined);
    await links.whenRead;
    const read = links.read(token);
    const isOpen =
      read !== undefined && read.use.kind === "free" && read.standing.kind === "stands";
    if (form?.["sure"] !== "yes" || !isOpen) {
      return answerWith(c, deps, answerTo(token, links, deps));
    }
    const refused = await act(token, read, links, deps);
    return refused === undefined
      ? c.body(null, 303, { ...actHeaders, location: `/act/${token}` })
      : answerWith(c, deps, refused);
  });
};

/** Undefined: it has begun, and whoever asks for the link is shown how it goes. */
async function act(
  token: string,
  { link: { action, podId, run, hours }, link }: ReadLink,
  links: Links,
  { operations }: HttpDeps,
): Promise<Answer | undefined> {
  const taken = await links.take(token, link);
  if (taken.kind !== "taken") return undefined;
  try {
    const forMs = hours === undefined ? undefined : hours * hourMs;
    const { id } = await operations.begin({ action, podId, forMs, run, by: "in a notification" });
    links.note(token, { operationId: id, trouble: taken.trouble });
    return undefined;
  } catch (error) {
    // What was refused has changed nothing; of any other fault nobody knows.
    if (!(error instanceof UserError)) {
      links.note(token, "elsewhere");
      throw error;
    }
    await links.giveBack(token);
    return { status: 409, page: refusedPage(error.message, error.hint) };
  }
}

/** What there is to see of a link, and to be asked. Changes nothing. */
function answerTo(token: string, links: Links, deps: HttpDeps): Answer {
  const read = links.read(token);
  if (read === undefined) {
    deps.counts.wrongToken();
    return { status: 404, page: unknownPage };
  }
  const { link, use, standing, untilMs } = read;
  if (link.about.kind === "test") return { status: 200, page: testPage };
  if (use.kind === "spent") return answerOfUsed(use.done, deps);
  switch (standing.kind) {
    case "over":
      return { status: 410, page: overPage(standing.because) };
    case "unsure":
      return { status: 503, page: notNowPage(standing.because) };
    case "stands":
      break;
  }
  if (use.kind === "unknown") {
    return use.isForGood
      ? { status: 410, page: overPage(`whether it was used is not known: ${use.because}`) }
      : { status: 503, page: notNowPage(use.because) };
  }
  const { run } = standing;
  const { pods, is_dry_run: isDryRun } = deps.view.status();
  const pod = pods?.find((each) => each.id === link.podId && each.run === link.run);
  const nowMs = deps.clock.nowMs();
  return { status: 200, page: questionPage({ link, run, pod, untilMs, nowMs, isDryRun }) };
}

function answerOfUsed(
  done: Extract<ReadLink["use"], { readonly kind: "spent" }>["done"],
  { operations }: HttpDeps,
): Answer {
  switch (done) {
    case "beginning":
      return { status: 200, page: beginningPage, againSeconds: followSeconds };
    case "elsewhere":
      return { status: 410, page: usedPage };
  }
  const operation = operations.of(done.operationId);
  if (operation === undefined) return { status: 410, page: usedPage };
  return {
    status: 200,
    page: progressPage(operation, done.trouble),
    ...(operation.state === "running" && { againSeconds: followSeconds }),
  };
}

/**
 * A form of another site. The link itself is what nobody else has: this only keeps out who got hold of it
 * and would have somebody else press it. Browsers that hide where a form comes from say `null`.
 */
function isFromElsewhere(c: Context, { settings }: HttpDeps): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const origin = c.req.header("origin");
  if (origin === undefined || origin === "null") return false;
  const host = c.req.header("host");
  return origin !== settings().publicUrl && !sameHost(origin, host);
}

function sameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

async function answerWith(c: Context, { redact }: HttpDeps, answer: Answer): Promise<Response> {
  const { status, page, againSeconds } = answer;
  return c.html(redact(await wholePage(page)), status, {
    ...actHeaders,
    ...(againSeconds !== undefined && { refresh: String(againSeconds) }),
    ...(status === 503 && { "retry-after": "60" }),
  });
}
