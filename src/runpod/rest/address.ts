/** A path of plain words: nothing in it leads up, to another host, or into a query. */
const plainPath = /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;
const longestPath = 200;

/**
 * Where a path is, on the host of this interface and nowhere else; undefined when it is no plain path.
 * RunPod's document writes paths with the interface's own part (`/v2/…`); a path without it lies below.
 */
export function addressOf(base: string, path: string): URL | undefined {
  if (path.length > longestPath || !plainPath.test(path)) return undefined;
  const root = new URL(base);
  const own = root.pathname.replace(/\/+$/, "");
  return at(root, own !== "" && path.startsWith(`${own}/`) ? path : `${own}${path}`);
}

/** Where an id's own address is. RunPod gave the id: whatever it holds, it stays one part of the path. */
export function addressOfId(
  base: string,
  kind: "pods" | "clusters" | "serverless",
  id: string,
  rest = "",
): URL | undefined {
  // A dot or two would lead up, encoded or not.
  if (/^\.{1,2}$/.test(id)) return undefined;
  const root = new URL(base);
  const own = root.pathname.replace(/\/+$/, "");
  return at(root, `${own}/${kind}/${encoded(id)}${rest}`);
}

/** `encodeURIComponent` throws on half a surrogate pair. */
function encoded(id: string): string {
  return encodeURIComponent(id.replaceAll(/\p{Cs}/gu, "\u{fffd}"));
}

function at(root: URL, pathname: string): URL {
  const url = new URL(root);
  url.pathname = pathname;
  url.search = "";
  url.hash = "";
  return url;
}
