/** RunPod's have some 40 characters; room for those of a proxy. */
export const longestKey = 1_024;

/** What can stand in a request's header. */
const sendable = /^[\x21-\x7e]+$/;

const assigned = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(?=[^=\s]{6})/;
const quoted = /^(["'`]).*\1$/s;

/** What is wrong with a text that should be a key, in words that do not hold it; undefined when nothing is. */
export function keyFault(text: string): string | undefined {
  if (text === "") return "is empty";
  if (text.length > longestKey) {
    return `is ${text.length} characters long; no key has more than ${longestKey}`;
  }
  const name = assigned.exec(text)?.[1];
  if (name !== undefined) {
    return `must be the key alone, without the ${isPlainName(name) ? `${name}=` : "NAME="} before it`;
  }
  if (quoted.test(text)) {
    return "has quotes around it that are part of it (docker's --env-file keeps them, for one): take them away";
  }
  return sendable.test(text)
    ? undefined
    : "has spaces, line breaks or characters that no key has; copy it again";
}

/** A part of the key itself must not pass for a name. */
function isPlainName(name: string): boolean {
  return /^[A-Z][A-Z_]{0,40}$/.test(name);
}
