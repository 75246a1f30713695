import { inShell } from "#shell-word.ts";

const othersMayRead = 0o044;
const othersMayWrite = 0o022;

/**
 * Warns of a file that somebody else on this machine may read or change: keys and tokens stand in it,
 * and whoever writes it says what the guard runs.
 */
export function modeWarnings(
  path: string,
  { mode, uid }: { readonly mode: number; readonly uid: number },
  myUid: number | undefined = process.getuid?.(),
): readonly string[] {
  const may = [
    ...((mode & othersMayRead) === 0 ? [] : ["read"]),
    ...((mode & othersMayWrite) === 0 ? [] : ["change"]),
  ];
  const isStranger = myUid !== undefined && uid !== myUid && uid !== 0;
  return [
    ...(may.length === 0
      ? []
      : [
          `${path}: others on this machine may ${may.join(" and ")} it. Run: chmod 600 ${inShell(path)}`,
        ]),
    ...(isStranger
      ? [`${path}: it belongs to another user (uid ${uid}), who may change it. Make it yours`]
      : []),
  ];
}
