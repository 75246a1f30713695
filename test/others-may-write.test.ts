import { expect, it } from "vitest";
import { othersMayWrite } from "#others-may-write.ts";

const uid = process.getuid?.() ?? 0;
const stranger = uid + 4_711;

it.each([
  ["only its owner, who is this user", { uid, gid: stranger, mode: 0o700 }, false],
  ["only root", { uid: 0, gid: stranger, mode: 0o755 }, false],
  ["somebody else, who owns it", { uid: stranger, gid: stranger, mode: 0o700 }, true],
  ["everyone", { uid, gid: uid, mode: 0o702 }, true],
  ["a group of several", { uid, gid: stranger, mode: 0o770 }, true],
  ["a group with nobody but this user in it", { uid, gid: uid, mode: 0o770 }, false],
])("may be written by %s", (_sentence, found, others) => {
  expect(othersMayWrite(found)).toBe(others);
});
