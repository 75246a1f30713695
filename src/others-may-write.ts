import type { Stats } from "node:fs";

type Found = Pick<Stats, "uid" | "gid" | "mode">;

/** A group with the number of its user has nobody else in it, as most Linux systems make them. */
const isOwnGroup = ({ uid, gid }: Found): boolean => uid === gid;

/** Whether anyone but this user and root may change what stands there. */
export function othersMayWrite(found: Found): boolean {
  const mine = process.getuid?.() ?? found.uid;
  const isOthers = found.uid !== mine && found.uid !== 0;
  const byGroup = (found.mode & 0o020) !== 0 && !isOwnGroup(found);
  return isOthers || byGroup || (found.mode & 0o002) !== 0;
}

/**
 * Why a symlink is not to be followed, by what it is and the folder that it stands in: somebody other
 * than this user and root may have put it there. Undefined where it is, as dotfile managers make them.
 */
export function whyNotFollowed(
  link: string,
  { uid, gid }: Found,
  folder: Found,
): string | undefined {
  // The mode of a link says nothing.
  return othersMayWrite(folder) || othersMayWrite({ uid, gid, mode: 0 })
    ? `${link} is a symlink that someone else may have put there, so it is not followed. Choose a folder that only you may write`
    : undefined;
}

/** The same of a second name of a file of ours, put where we are about to write. */
export function whyNotWritten(
  path: string,
  { nlink }: Pick<Stats, "nlink">,
  folder: Found,
): string | undefined {
  return nlink > 1 && othersMayWrite(folder)
    ? `${path} is a hard link that someone else may have put there, so nothing is written to it. Choose a folder that only you may write`
    : undefined;
}
