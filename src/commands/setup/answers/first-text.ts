import type { Change } from "#config/editing/edit.ts";
import { withKeyFile } from "#commands/example-text.ts";
import { edited } from "#config/editing/edit.ts";

/**
 * The shipped example once it is filled in: what it says to those who fill it in by hand goes, and what is
 * answered stands where the example speaks of it.
 */
export function firstText(example: string, changes: readonly Change[]): string {
  const keyFile = valueAt(changes, "api_key_file");
  const isChannelNew = valueAt(changes, "notify") !== undefined;
  const steps: readonly (readonly [pattern: RegExp, instead: string])[] = [
    [/^ {2}\/\/ Fill in 1 and 2 first:[^\n]*\n\n?/m, ""],
    [
      commentFrom("1. Who is told"),
      "  // Who is told: the channels of notify, and a command of your own; docs/notifications.md has more.\n",
    ],
    [
      commentFrom("2. What acts on single pods"),
      `  // What acts on single pods. Actions: "notify", "stop" (keeps the pod's volume), "agent", "terminate".\n`,
    ],
    ...(isAnswered(changes, "guards", "lease")
      ? ([
          [
            /^ {4}\/\/ Remove the slashes to stop pods 4 hours[^\n]*\n {4}\/\/ "lease"[^\n]*\n/m,
            `    // Pods that were given a lease are stopped when it ends; \`runpodboss extend\` gives them more time.\n    "lease": {},\n`,
          ],
        ] as const)
      : []),
    ...(isAnswered(changes, "launch")
      ? ([
          [
            commentFrom("Remove the slashes to let `runpodboss start`"),
            `  // What \`runpodboss start\`, and agents through it, may start at most. Nobody who calls it goes beyond.\n  "launch": {},\n`,
          ],
        ] as const)
      : []),
    ...(isChannelNew
      ? ([[/^( {2}"extra_notify_command": [^\n]*,\n)/m, `$1  "notify": [],\n`]] as const)
      : []),
  ];
  const text = steps.reduce(
    (before, [pattern, instead]) => before.replace(pattern, instead),
    typeof keyFile === "string" ? withKeyFile(example, keyFile) : example,
  );
  return edited(text, changes);
}

/** A comment of whole lines that begins so. */
function commentFrom(start: string): RegExp {
  const escaped = start.replaceAll(".", String.raw`\.`);
  return new RegExp(String.raw`^ {2}// ${escaped}[^\n]*\n( {2}//[^\n]*\n)*`, "m");
}

function isAnswered(changes: readonly Change[], ...keys: readonly string[]): boolean {
  return changes.some(
    ({ path, value }) => value !== undefined && keys.every((key, n) => path[n] === key),
  );
}

function valueAt(changes: readonly Change[], key: string): unknown {
  return changes.find(({ path }) => path.length === 1 && path[0] === key)?.value;
}
