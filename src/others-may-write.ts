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
