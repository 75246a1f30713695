import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

const letters = "abcdefghijklmnopqrstuvwxyz234567";
const length = 8;

/** A lease id unlike any other: 40 random bits. */
export function newLeaseId(): string {
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join("");
}

/** The whole name of a pod: by its end it is found again, whatever RunPod answers. */
export function podNameOf(name: string, leaseId: string): string {
  return `${name}-rb${leaseId}`;
}

/** The machine that this process runs on, as far as it may stand in a stamp. */
export function ownHost(): string {
  return (
    hostname()
      .replaceAll(/[^A-Za-z0-9._-]/g, "-")
      .slice(0, 64) || "unnamed"
  );
}

/** Tells whoever looks into the pod which lease it is on, and who gave it. */
export const stampVariable = "RUNPODBOSS";

export function stampOf(leaseId: string, host: string): string {
  return `${leaseId}@${host}`;
}
