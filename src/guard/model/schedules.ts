/** What became of a schedule's moments, as far as it matters to those to come. */
export interface Scheduled {
  /** What it does and comes by: where that is changed, all begins anew. */
  readonly rule: string;
  /** Since when it is followed so: what came before is nobody's wish. */
  readonly sinceMs: number;
  /** The moments that were dealt with or passed over of late, the last one last: none is again. */
  readonly dealtMs: readonly number[];
  /** The last of them, for an hour: what turns out to run since before it is held to it too. */
  readonly openMs?: number | undefined;
  /** Since when it is open: what is not known by then may be soon. */
  readonly openedAtMs?: number | undefined;
  /** Whether people were told of pods of which that is not known. */
  readonly isUnknownTold?: boolean | undefined;
  /** By pod id: the runs that were there, and are to be ended or were told of. */
  readonly due: Readonly<Record<string, DueRun>>;
}

export interface DueRun {
  /** The name of the run: one that is started later is another. */
  readonly run: string;
  /** The moment that it is for. */
  readonly ofMs: number;
}
