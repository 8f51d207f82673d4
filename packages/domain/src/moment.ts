/** When a question is asked of: at a commit, by its number, or at a time. */
export type Moment = number | Date;
