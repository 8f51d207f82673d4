/** Errors that the command line itself finds: wrong usage, no store, no identity, a missing input file. */
import { KnotworkError } from "@knotwork/disk";

/** Codes: see docs/ERRORS.md, section "Command line". */
export class CliError extends KnotworkError {}
