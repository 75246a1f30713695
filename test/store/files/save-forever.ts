import { writeAtomically } from "#store/files/atomic-write.ts";

/** Run by the tests, and killed: writes long texts of one letter over each other until it dies. */
const path = process.argv[2];
if (path === undefined) throw new Error("usage: save-forever PATH");
process.stdout.write("ready\n");
for (let n = 0; ; n++) await writeAtomically(path, "ab".charAt(n % 2).repeat(200_000));
