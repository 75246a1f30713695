const name = "runpodboss.key";

/** In a browser that keeps nothing: until the page is loaded anew. */
let remembered: string | undefined;

/**
 * The login leads here with the key of the session in the address. Takes it out of there, and keeps it where pages of
 * other ports cannot read it: they do see the cookie.
 */
export function takeKey(): void {
  if (!location.hash.startsWith("#key=")) return;
  const [, key] = /^#key=([\w-]{43})$/.exec(location.hash) ?? [];
  history.replaceState(null, "", location.pathname + location.search);
  if (key === undefined) return;
  remembered = key;
  try {
    localStorage.setItem(name, key);
  } catch {
    // It is remembered until the page is loaded anew.
  }
}

/** What the daemon asks for beside the cookie. Read each time: another tab may have logged in. */
export function keyHeaders(): Readonly<Record<string, string>> {
  const key = keptKey() ?? remembered;
  return key === undefined ? {} : { "x-runpodboss-key": key };
}

export function forgetKey(): void {
  remembered = undefined;
  try {
    localStorage.removeItem(name);
  } catch {
    // Where nothing is kept, nothing is to be forgotten.
  }
}

function keptKey(): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}
