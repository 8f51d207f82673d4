/** Which commits a listing gives. */
export interface CommitsOptions {
  /** Commits with a greater seq. */
  readonly after?: number;
  /** Commits with a smaller seq. */
  readonly before?: number;
  /** Default 100. */
  readonly limit?: number;
  /** Newest first. */
  readonly reverse?: boolean;
  /** Only those by this author. */
  readonly author?: string;
  /** Only those of this reasoning session. */
  readonly session?: string;
}
