import { basename } from "node:path";

const shells: readonly string[] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "busybox"];

/**
 * Whether a shell's script would never see the prompt, which becomes an argument of the script: `$0`
 * right behind it, else `$1` and so on. The script of `["bash", "-c", "claude -p"]` names none.
 */
export function losesPrompt(command: readonly string[]): boolean {
  const at = command.findIndex((part) => shells.includes(basename(part)));
  if (at < 0) return false;
  const option = command.findIndex((part, n) => n > at && /^-[a-z]*c[a-z]*$/.test(part));
  const script = command[option + 1];
  if (option < 0 || script === undefined) return false;
  // What is written without quotes in the list stands before the prompt.
  const place = command.length - option - 2;
  const named = new RegExp(String.raw`\$(?:${place}(?!\d)|\{${place}\b)`);
  const all = /\$(?:[@*]|\{[@*])/;
  return !(named.test(script) || (place > 0 && all.test(script)));
}

/** Whether a command says that it starts Claude Code, wherever in it. */
export function mentionsClaude(command: readonly string[]): boolean {
  return command.some((part) => /(?:^|[\s/"'@=;&|(])claude(?:-code)?(?![\w-])/.test(part));
}
