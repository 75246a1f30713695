import { configureGlobal, readConfigureGlobal } from "fast-check";

// Whether a law holds is enough to judge a mutant; the smallest case that breaks it takes long to find.
configureGlobal({ ...readConfigureGlobal(), endOnFailure: true });
