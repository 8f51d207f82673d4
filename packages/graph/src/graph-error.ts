/** The coded errors of the graph layer. Every code is documented in docs/ERRORS.md. */
import { KnotworkError } from "@knotwork/disk";

/** An operating failure of the graph layer: what was asked cannot be done in the present state. */
export class GraphError extends KnotworkError {}
