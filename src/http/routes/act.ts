import type { Context } from "hono";
import type { DoorRoutes } from "#http/app.ts";
import type { HttpEnv } from "#http/asker.ts";
import type { HttpDeps } from "#http/deps.ts";
import { createBuckets } from "#http/doors/bucket.ts";
import { limits } from "#http/doors/limits.ts";
import { type ActPage, actHeaders, wholeActPage } from "#http/links/act-page.ts";
import {
  beginningPage,
  notNowPage,
  overPage,
  progressPage,
  refusedPage,
  testPage,
  tooManyPage,
  unknownPage,
  usedPage,
} from "#http/links/answer-pages.ts";
import type { ReadLink, ReadOnItLink, ReadPodLink } from "#http/links/links.ts";
import { heldPage, onItQuestion } from "#http/links/on-it-pages.ts";
import { press } from "#http/links/press.ts";
import { questionPage } from "#http/links/question-page.ts";

type Status = 200 | 404 | 409 | 410 | 429 | 503;

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
export const actRoutes: DoorRoutes = (app, deps, { wrongTokens }) => {
  const { links } = deps;
  if (links === undefined) return;

  const isSlowEnough = createBuckets(limits.perSecond.link, limits.links, deps.clock);
  const tooMany: Answer = { status: 429, page: tooManyPage };

  /** Whoever tries addresses that are none is slowed down as one that tries tokens. */
  async function unknown(c: Context<HttpEnv>): Promise<Response> {
    deps.counts.wrongToken();
    const isInTime = await wrongTokens.wait(c.env?.incoming?.socket.remoteAddress);
    if (isInTime) return answerWith(c, deps, { status: 404, page: unknownPage });
    c.header("connection", "close");
    return answerWith(c, deps, tooMany);
  }

  app.get("/act/:token", async (c) => {
    await links.whenRead;
    const read = links.read(c.req.param("token"));
    if (read === undefined) return unknown(c);
    return answerWith(c, deps, isSlowEnough(c.req.param("token")) ? answerTo(read, deps) : tooMany);
  });

  app.post("/act/:token", async (c) => {
    const token = c.req.param("token");
    const form = await c.req.parseBody().catch(() => undefined);
    await links.whenRead;
    const read = links.read(token);
    if (read === undefined) return unknown(c);
    if (!isSlowEnough(token)) return answerWith(c, deps, tooMany);
    if (read.kind === "on-it") {
      if (form?.["sure"] !== "yes" || read.standing.kind !== "reminds") {
        return answerWith(c, deps, onItAnswer(read, deps.clock.nowMs()));
      }
      await links.hold(read.link);
      return c.body(null, 303, { ...actHeaders, location: `/act/${token}` });
    }
    const isOpen = read.use.kind === "free" && read.standing.kind === "stands";
    if (form?.["sure"] !== "yes" || !isOpen) {
      return answerWith(c, deps, answerTo(read, deps));
    }
    const pressed = await press(token, read, links, deps.operations);
    return pressed.kind === "begun"
      ? c.body(null, 303, { ...actHeaders, location: `/act/${token}` })
      : answerWith(c, deps, { status: 409, page: refusedPage(pressed.message, pressed.hint) });
  });
};

/** What there is to see of a link, and to be asked. Changes nothing. */
function answerTo(read: ReadLink, deps: HttpDeps): Answer {
  if (read.kind === "on-it") return onItAnswer(read, deps.clock.nowMs());
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
  const before = use.operationId === undefined ? undefined : deps.operations.of(use.operationId);
  const inVain = before?.words ?? undefined;
  return { status: 200, page: questionPage({ link, run, pod, untilMs, nowMs, isDryRun, inVain }) };
}

function onItAnswer({ link, standing }: ReadOnItLink, nowMs: number): Answer {
  switch (standing.kind) {
    case "over":
      return { status: 410, page: overPage(standing.because) };
    case "held":
      return { status: 200, page: heldPage(standing.untilMs, nowMs) };
    case "reminds":
      return { status: 200, page: onItQuestion(link) };
  }
}

function answerOfUsed(
  done: Extract<ReadPodLink["use"], { readonly kind: "spent" }>["done"],
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

async function answerWith(c: Context, { redact }: HttpDeps, answer: Answer): Promise<Response> {
  const { status, page, againSeconds } = answer;
  return c.html(redact(await wholeActPage(page)), status, {
    ...actHeaders,
    ...(againSeconds !== undefined && { refresh: String(againSeconds) }),
    ...((status === 503 || status === 429) && { "retry-after": "60" }),
  });
}
