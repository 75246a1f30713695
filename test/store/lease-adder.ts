import { identityOf } from "#process/identity.ts";
import { own } from "#guard/own-value.ts";
import { createLeaseFile } from "#store/lease-file.ts";

/** Run by the tests: so many times touches a pod of its own and gives a shared one a second more. */
const [path, who, times] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: lease-adder FILE WHO TIMES");

const file = createLeaseFile(path, identityOf, { patienceMs: 60_000 });
for (let n = 0; n < Number(times); n++) {
  await file.change(({ leases, touchedAtMs }) => {
    const givenAtMs = Date.UTC(2026, 10, 23);
    const endsAtMs = (own(leases, "shared")?.endsAtMs ?? givenAtMs) + 1_000;
    return {
      leases: { ...leases, shared: { endsAtMs, givenAtMs } },
      touchedAtMs: { ...touchedAtMs, [`${who}-${n}`]: givenAtMs },
    };
  });
}
