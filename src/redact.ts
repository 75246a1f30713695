const mark = "[redacted]";
/** Shorter ones would blank out ordinary words and numbers. */
const shortestSecret = 6;
/** Texts are cut, also in the midst of a secret: of its start or end a piece this long goes too. */
const shortestPiece = 12;

const keyShape = /rpa_[A-Za-z0-9]{16,}/g;
const bearerShape = /\b(bearer)[ \t]+[\w.~+/=-]+/gi;

/**
 * Blanks out the given secrets, as they are and as JSON and URLs write them, and whatever looks like
 * a RunPod key or a Bearer token. Takes time linear in the text. A line of JSON stays JSON.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(
    secrets.filter((secret) => secret.length >= shortestSecret).flatMap(formsOf),
  );
  const longestFirst = [...forms].sort((a, b) => b.length - a.length).map(asPattern);
  const known = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.join("|"), "g");

  // Known secrets go first: a shape may end in the middle of one, and would leave the rest standing.
  return (text) =>
    (known === undefined ? text : text.replace(known, mark))
      .replace(keyShape, mark)
      .replace(bearerShape, `$1 ${mark}`);
}

function formsOf(secret: string): readonly string[] {
  const asJson = JSON.stringify(secret).slice(1, -1);
  // Through a buffer, because encodeURIComponent throws on half a surrogate pair.
  const asUrl = encodeURIComponent(Buffer.from(secret).toString());
  // Half an escape, blanked out, would break a line of JSON.
  return [secret, asJson, asUrl, ...(asJson === secret ? piecesOf(secret) : [])];
}

function piecesOf(secret: string): readonly string[] {
  const count = Math.max(0, secret.length - shortestPiece);
  const lengths = Array.from({ length: count }, (_, n) => shortestPiece + n);
  return lengths.flatMap((length) => [secret.slice(0, length), secret.slice(-length)]);
}

function asPattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
