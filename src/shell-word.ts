/** As one word of a shell's line. */
export function inShell(path: string): string {
  return /^[\w./+:@%=,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
