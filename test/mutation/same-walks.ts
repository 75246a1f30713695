import fc from "fast-check";

// Every mutant meets the same walks, so that a score can be compared; one failure is enough.
fc.configureGlobal({ seed: 1, endOnFailure: true });
