/** What a store takes. Documented in docs/GUARANTEES.md; raising one is a decision, lowering one breaks stores. */

/** JSON text of the props of one entity. */
export const entityBytesMax: number = 1024 * 1024;
/** JSON text of the props of all writes of one transaction. */
export const transactionBytesMax: number = 8 * 1024 * 1024;
/** JSON text of the result kept with an idempotency key. */
export const resultBytesMax: number = 64 * 1024;
/** How deep values nest: `{}` is 1, `{ a: {} }` is 2. */
export const depthMax = 64;
/** Names in one object. */
export const objectKeysMax = 1000;
/** Keys one entity may have in one index: distinct elements of its indexed array. */
export const indexKeysMax = 1000;
/** Fields of one declared index. */
export const indexPartsMax = 8;
/** Fields of one text index. */
export const textFieldsMax = 32;
