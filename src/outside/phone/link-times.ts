import type { Link } from "#http/links/link.ts";

/** The same link with its times by another clock. */
export function shiftedLink(link: Link, byMs: number): Link {
  const { about, madeAtMs } = link;
  if (byMs === 0) return link;
  const isTimed = about.kind === "guard" || about.kind === "threshold";
  return {
    ...link,
    madeAtMs: madeAtMs + byMs,
    about: isTimed ? { ...about, atMs: about.atMs + byMs } : about,
  };
}
