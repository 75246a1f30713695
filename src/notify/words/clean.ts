import { cleanName, oneLine, printable } from "#control-characters.ts";
import { characters, fit } from "./fit.ts";
import type { Message } from "#notify/message.ts";

/** Far over what any service takes: from here on nothing is long. */
const longestText = 8_000;
const longestLine = 200;
const mostNext = 20;
const mostButtons = 6;
const longestLabel = 40;

/**
 * The same message in text that every service takes and that shows as it reads: nothing hidden, no half
 * characters, one line where one is meant, and no text without end. What identifies it stays as it is.
 */
export function cleanMessage(message: Message): Message {
  const { threshold, remedy } = message;
  return {
    ...message,
    title: line(message.title),
    text: fit(whole(printable(message.text)).trim(), longestText, characters),
    threshold: threshold && { ...threshold, name: line(threshold.name) },
    pods: message.pods.map((pod) => ({ ...pod, name: cleanName(pod.name) })),
    next: message.next.slice(0, mostNext).map((each) => ({ ...each, what: line(each.what) })),
    remedy:
      remedy &&
      (remedy.command === undefined
        ? { words: line(remedy.words) }
        : { words: line(remedy.words), command: line(remedy.command) }),
    buttons: message.buttons?.slice(0, mostButtons).map(({ label, url }) => ({
      label: fit(line(label), longestLabel, characters),
      url,
    })),
  };
}

function line(text: string): string {
  return fit(whole(oneLine(text)).trim(), longestLine, characters);
}

/** Half a surrogate pair is no text: some services refuse it, some send a question mark. */
function whole(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, "\u{fffd}");
}
