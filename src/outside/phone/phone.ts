import { createBuckets } from "#http/doors/bucket.ts";
import type { ActPage } from "#http/links/act-page.ts";
import { notNowPage, testPage, tooManyPage } from "#http/links/answer-pages.ts";
import type { Link } from "#http/links/link.ts";
import { heldPage, onItAsked, onItQuestion } from "#http/links/on-it-pages.ts";
import { askedWords } from "#http/links/question-page.ts";
import { opened, outsideLinkKeyOf } from "#http/links/seal.ts";
import { onItStandingOf, standingOf } from "#http/links/standing.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import { shiftedLink } from "./link-times.ts";
import { type Doer, type Known, knownIn } from "./known.ts";
import {
  askedPage,
  donePage,
  doneWhen,
  gonePage,
  notDonePage,
  phoneQuestion,
  strangePage,
} from "./pages.ts";
import { keptWishes, type Wish, wishesIn, wishOf, withWish } from "./wish.ts";

/** What a phone is shown. */
export interface PhoneAnswer {
  readonly status: 200 | 404 | 410 | 429 | 503;
  readonly page: ActPage;
  /** It goes on: the page asks for itself again after so many seconds. */
  readonly againSeconds?: number;
}

type Pressed =
  | { readonly kind: "shown"; readonly answer: PhoneAnswer }
  /** `isForHere`: it is done from here, and at once. */
  | { readonly kind: "kept"; readonly isForHere: boolean };

/** The buttons of notifications, as phones reach them. */
export interface Phone {
  /** Changes nothing: programs that look where links lead ask for it, too. */
  open(token: string): Promise<PhoneAnswer>;
  /** A person is sure: writes down what is wished, once. */
  press(token: string): Promise<Pressed>;
}

/** Whoever has a link may not keep us at work. */
const askedPerSecond = 5;
const mostLinks = 1_000;
const followSeconds = 5;

const strange: PhoneAnswer = { status: 404, page: strangePage };
const tooMany: PhoneAnswer = { status: 429, page: tooManyPage };

export function createPhone({ account, beatKey, kept, clock }: AccountGuardDeps): Phone {
  const key = outsideLinkKeyOf(beatKey, account);
  const isSlowEnough = createBuckets(askedPerSecond, mostLinks, clock);

  async function look(token: string): Promise<Looked> {
    const link = opened(token, key);
    if (link === undefined) return { kind: "shown", answer: strange };
    if (!isSlowEnough(token)) return { kind: "shown", answer: tooMany };
    if (link.action !== "on-it" && link.about.kind === "test") {
      return { kind: "shown", answer: { status: 200, page: testPage } };
    }
    const all = await kept.read();
    const known = knownIn(all, clock.nowMs());
    if (known === undefined) {
      const page = notNowPage("nothing is known here of the account now");
      return { kind: "shown", answer: { status: 503, page } };
    }
    return judged(shiftedLink(link, known.linkMs), known, wishOf(token, all), all);
  }

  return {
    async open(token) {
      const looked = await look(token);
      return looked.kind === "shown" ? looked.answer : { status: 200, page: looked.question };
    },
    async press(token) {
      const looked = await look(token);
      if (looked.kind === "shown") return looked;
      const { asked, doer, all } = looked;
      const pressed = { token, atMs: clock.nowMs(), asked };
      const wishes = withWish(wishesIn(all), pressed);
      if (wishes === undefined) return { kind: "shown", answer: tooMany };
      await kept.write(keptWishes(wishes));
      return { kind: "kept", isForHere: doer.kind === "here" };
    },
  };
}

type Looked =
  | { readonly kind: "shown"; readonly answer: PhoneAnswer }
  | {
      readonly kind: "asks";
      readonly question: ActPage;
      readonly asked: string;
      readonly doer: Doer;
      readonly all: Readonly<Record<string, string>>;
    };

function judged(
  link: Link,
  known: Known,
  before: Wish | undefined,
  all: Readonly<Record<string, string>>,
): Looked {
  const doer = doerOf(link, known);
  if (before?.isDone === true) return shown(200, donePage(before));
  if (before?.isOver === false) {
    const page = askedPage(before, doer);
    return { kind: "shown", answer: { status: 200, page, againSeconds: followSeconds } };
  }
  const { state, isSeen, nowMs } = known;
  if (link.action === "on-it") {
    const standing = onItStandingOf(link, state, nowMs);
    switch (standing.kind) {
      case "over":
        return over(standing.because, before);
      case "held":
        return shown(200, heldPage(standing.untilMs, nowMs));
      case "reminds": {
        const question = onItQuestion(link, doneWhen(doer));
        return { kind: "asks", question, asked: onItAsked(link), doer, all };
      }
    }
  }
  const standing = standingOf(link, { ...state, lastSeen: isSeen ? {} : undefined }, nowMs);
  switch (standing.kind) {
    case "over":
      return over(standing.because, before);
    case "unsure":
      return shown(503, notNowPage(standing.because));
    case "stands": {
      const { run } = standing;
      const question = phoneQuestion({ link, run, known, before });
      return { kind: "asks", question, asked: askedWords(link, run), doer, all };
    }
  }
}

/** Where people are only told, it is from here that they are reminded. */
function doerOf({ action }: Link, { doer }: Known): Doer {
  return action === "on-it" && doer.kind === "silent-machine" ? { kind: "here" } : doer;
}

function over(because: string, before: Wish | undefined): Looked {
  return before === undefined ? shown(410, gonePage(because)) : shown(200, notDonePage(before));
}

function shown(status: PhoneAnswer["status"], page: ActPage): Looked {
  return { kind: "shown", answer: { status, page } };
}
