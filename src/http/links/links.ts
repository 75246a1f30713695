import type { Seen } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Clock } from "#ports.ts";
import type { Link } from "./link.ts";
import { offersFor } from "./offers.ts";
import { linkKeyOf, opened, sealed } from "./seal.ts";
import type { Spending, Use } from "./spending.ts";
import { type Standing, standingOf } from "./standing.ts";

/** Buttons for notifications, and what becomes of one that is pressed. */
export interface Links {
  /** Empty where nobody could reach them. The same again for the same notification. */
  readonly buttonsFor: (
    notice: Notify,
    look: Seen | undefined,
  ) => readonly { readonly label: string; readonly url: string }[];
  /** Undefined: it is none of ours. Changes nothing. */
  readonly read: (token: string) => ReadLink | undefined;
  readonly take: Spending["take"];
  readonly giveBack: Spending["giveBack"];
  readonly note: Spending["note"];
}

export interface ReadLink {
  readonly link: Link;
  readonly use: Use;
  readonly standing: Standing;
}

export interface LinksDeps {
  /** Of the page: undefined while it is not known. */
  readonly httpToken: () => string | undefined;
  readonly publicUrl: () => string | undefined;
  readonly state: () => GuardState;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly spending: Spending;
}

export function createLinks(deps: LinksDeps): Links {
  const { clock, spending } = deps;
  let made: { readonly of: string; readonly key: ReturnType<typeof linkKeyOf> } | undefined;

  function keyNow() {
    const of = deps.httpToken();
    if (of === undefined) return undefined;
    if (made?.of !== of) made = { of, key: linkKeyOf(of) };
    return made.key;
  }

  return {
    buttonsFor(notice, look) {
      const [key, publicUrl] = [keyNow(), deps.publicUrl()];
      if (key === undefined || publicUrl === undefined) return [];
      const known = { state: deps.state(), policy: deps.policy(), nowMs: clock.nowMs() };
      return offersFor(notice, look, known).flatMap(({ label, link }) => {
        const token = sealed(link, key);
        return token === undefined ? [] : [{ label, url: `${publicUrl}/act/${token}` }];
      });
    },
    read(token) {
      const key = keyNow();
      const link = key && opened(token, key);
      return (
        link && {
          link,
          use: spending.useOf(token, link),
          standing: standingOf(link, deps.state(), clock.nowMs()),
        }
      );
    },
    take: spending.take,
    giveBack: spending.giveBack,
    note: spending.note,
  };
}
