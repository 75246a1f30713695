/** An address as it may be shown: without user, password and what stands behind a `?` or `#`. */
export function shownUrl(text: string): string {
  return text
    .replace(/^([^/?#]*\/\/)[^/?#]*@/, "$1[redacted]@")
    .replace(/[?#].*$/s, (found) => `${found[0]}[redacted]`);
}

/** What of an address is nobody's business, as it stands there and as it is meant. */
export function secretsIn(text: string): readonly string[] {
  const url = urlOf(text);
  if (url === undefined) return [];
  const written = url.search.slice(1).split("&").map(valueOf);
  const all = [...passwordsIn(text), ...written, ...url.searchParams.values()];
  return [...new Set(all)].filter((each) => each !== "");
}

/** The same of an address whose query is no secret; its placeholders do not count. */
export function passwordsIn(text: string): readonly string[] {
  const url = urlOf(text.replaceAll(/\{[^{}]*\}/g, "x"));
  if (url === undefined || url.password === "") return [];
  const { username, password } = url;
  const sent = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
  return [...new Set([password, decoded(password), sent])];
}

/** Whether an address holds what is nobody's business: a user, a password, or something behind a `?`. */
export function holdsSecret(text: string): boolean {
  const url = urlOf(text);
  if (url === undefined) return false;
  return url.username !== "" || url.password !== "" || url.search !== "";
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function valueOf(pair: string): string {
  return pair.slice(pair.indexOf("=") + 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a request to this address leaves the machine as anybody on the way can read it. */
export function isReadableOnTheWay(text: string): boolean {
  const url = urlOf(text);
  if (url?.protocol !== "http:") return false;
  return !/^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}
