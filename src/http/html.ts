/** HTML that is whole: what others wrote is text in it. */
export interface Html {
  readonly html: string;
}

type Piece = string | number | Html | readonly Html[] | undefined;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Whatever is put in is text, also within quotes, unless it is HTML already. `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: strings.reduce((whole, text, n) => whole + written(pieces[n - 1]) + text) };
}

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (typeof piece === "object") return "html" in piece ? piece.html : piece.map(written).join("");
  return String(piece).replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}
