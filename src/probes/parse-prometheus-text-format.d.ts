declare module "parse-prometheus-text-format" {
  interface Family {
    readonly name: string;
    readonly metrics: readonly { readonly value?: string }[];
  }

  /** Throws when a line cannot be read. */
  const parse: (text: string) => readonly Family[];
  export = parse;
}
