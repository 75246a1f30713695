/** A command as a shell's line would name it; nothing in it is expanded, and no shell ever sees it. */
export function splitWords(
  line: string,
): { readonly words: readonly string[] } | { readonly fault: string } {
  const words: string[] = [];
  const token = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?=\s|$)/y;
  const text = line.trim();
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) {
      return { fault: "Put quotes around whole arguments, and close each one." };
    }
    words.push(found[1] ?? found[2] ?? found[3] ?? "");
  }
  return (words[0] ?? "") === "" ? { fault: "Name the program first." } : { words };
}
