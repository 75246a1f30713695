/** RunPod's own answers are six deep. */
const deepestNesting = 32;
/** Of 10,000 pods with eight GPUs each RunPod tells some 500,000. */
const mostValues = 1_000_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/**
 * Says what of a JSON text would take far more memory than its length, once it is parsed: a letter
 * of it may become sixty bytes. Undefined when nothing does. It judges no grammar, and takes no memory.
 */
export function shapeFault(text: string): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case comma:
        values += 1;
        break;
      case 0x5b: // [
      case 0x7b: // {
        values += 1;
        depth += 1;
        if (depth > deepestNesting) return `is nested more than ${deepestNesting} levels deep`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
    }
    if (values > mostValues) return `holds more than ${mostValues} values`;
  }
  return undefined;
}

/** Where the quote stands that ends the string which begins here. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}
