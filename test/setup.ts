import { configureGlobal } from "fast-check";

// The same walks each time: a suite that draws others fails by chance, and where nobody looks for it.
configureGlobal({ seed: 20_260_101 });
