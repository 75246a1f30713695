import type { Seen } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import { offersFor } from "#http/links/offers.ts";
import { outsideActBase, outsideLinkKeyOf, sealed } from "#http/links/seal.ts";
import { shiftedLink } from "./link-times.ts";

/** What a notification that is sent from here has to press. */
export type ButtonsFrom = (
  notice: Notify,
  look: Seen | undefined,
  known: Parameters<typeof offersFor>[2],
) => readonly { readonly label: string; readonly url: string }[];

interface Made {
  readonly account: string;
  readonly beatKey: string;
  /** Where this is reached; undefined: nobody has said so. */
  readonly url: string | undefined;
  /** How far the clock here is ahead of that of the account's own guard, by which links are made. */
  readonly aheadMs: number;
}

export function buttonsFrom({ account, beatKey, url, aheadMs }: Made): ButtonsFrom | undefined {
  if (url === undefined) return undefined;
  const key = outsideLinkKeyOf(beatKey, account);
  const base = outsideActBase(url, account);
  return (notice, look, known) =>
    offersFor(notice, look, known).flatMap(({ label, link }) => {
      const token = sealed(shiftedLink(link, -aheadMs), key);
      return token === undefined ? [] : [{ label, url: `${base}${token}` }];
    });
}
