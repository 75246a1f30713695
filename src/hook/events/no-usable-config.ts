/** Nothing can be seen, as there is no config that can be used. */
export class NoUsableConfig extends Error {
  /** Somebody has written one, or named one: in vain. */
  readonly isSetUp: boolean;

  constructor(message: string, isSetUp: boolean) {
    super(message);
    this.name = "NoUsableConfig";
    this.isSetUp = isSetUp;
  }
}
