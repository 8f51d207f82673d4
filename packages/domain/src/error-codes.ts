/** The codes a `DomainError` may carry, and what each means. The graph below adds its own (NOT_FOUND, CONFLICT …). */
export const domainErrorCodes = {
  NOT_FOUND: "there is no such task, decision, handoff …",
  ALREADY_EXISTS: "something with this id or name is there already",
  AMBIGUOUS_ID: "several entities end with the suffix given",
  INVALID_QUERY: "a text is no query: the context says where it is wrong",
  INVALID_VALUE: "a value breaks the rule of its field",
  IDENTITY_REQUIRED: "taking or giving up work needs a name: open the store with `as`",
  CLAIM_HELD: "somebody holds a live claim on the task, and the caller has not proved to be them",
  STALE_FENCE: "the claim this fence came from is over: the task has moved on",
  NOT_READY: "the task waits for others, or is not open to be worked on",
  CHILDREN_OPEN: "a parent cannot be closed before its children",
  PARENT_CLOSED: "an open child cannot stand under a closed parent",
  CYCLE: "the edge would make a task wait for itself",
  INVALID_TRANSITION: "the present status does not lead to the one asked for",
  UNKNOWN_FIELD: "there is no field, or no setting, of this name",
  LIMIT_EXCEEDED: "more than fits into one transaction",
  BATCH_FAILED: "an item of a batch failed, so none was done",
  WRONG_AGENT: "the handoff is addressed to somebody else",
  LAYERS_CONFLICT: "two branches changed the same section, and nothing says which holds",
} as const;

export type DomainErrorCode = keyof typeof domainErrorCodes;
