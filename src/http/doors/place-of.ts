import { isIPv6 } from "node:net";

/** Whoever has one IPv6 address has all of its network. */
export function placeOf(address = "unknown"): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const first = head.split(":").filter((each) => each !== "");
  const last = (tail ?? "").split(":").filter((each) => each !== "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array.from({ length: zeros }, () => "0"), ...last];
  return all.slice(0, 4).join(":");
}
