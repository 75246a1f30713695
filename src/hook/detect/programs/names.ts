import { hole } from "#hook/detect/shell/syntax.ts";
import { fits } from "#hook/detect/shell/glob.ts";

/** What is not known of a word as a pattern's star. */
function starred(word: string): string {
  return word.includes(hole)
    ? word
        .split(hole)
        .map((part, index) => (index % 2 === 0 ? part : "*"))
        .join("")
    : word;
}

/** What a program is called, wherever it lies. */
export function programName(word: string): string {
  const path = starred(word);
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name.toLowerCase().replace(/(?<=.)(?:@.*|\.exe)$/, "");
}

export function mentionsRunPod(text: string): boolean {
  return /run-?pod(?!boss)/i.test(text);
}

const mutating =
  /create|start|resume|restart|deploy|launch|\brent|\bbid|podFindAndDeploy|saveEndpoint|\bPOST\b/i;

/** Whether words that cannot be read as a command may be one that creates or starts something there. */
export function looksMutating(text: string): boolean {
  return mentionsRunPod(text) && mutating.test(text);
}

/** RunPod's own program, under one of the names it comes with or with parts that are not known. */
export function isRunpodctl(word: string): boolean {
  const name = programName(word);
  if (/^run-?podctl(?:[-_.].*)?$/.test(name)) return true;
  if (!/[*?[]/.test(name)) return false;
  const isAnything = name.replaceAll(/[*?]/g, "") === "";
  return isAnything ? mentionsRunPod(word) && word.includes(hole) : fits(name, "runpodctl");
}

/** The program that comes with RunPod's Python package, and its part for apps. */
export function isRunPodPackage(word: string): boolean {
  return ["runpod", "rp", "flash", "rpctl", "runpodpy"].includes(programName(word));
}
