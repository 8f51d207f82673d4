/**
 * The transaction every subject runs (DESIGN section 9): insert one entity of 300–1,500 B of JSON, insert two edges from
 * it, and read-modify-write one existing entity whose old version is kept; all indexes are maintained.
 *
 * The same seed gives every subject the same bytes. A transaction is a plain description; subjects say how to commit it.
 */
export const STATUSES = ["pending", "in_progress", "blocked", "completed", "cancelled"];
export const PRIORITIES = ["critical", "high", "medium", "low"];
export const FIRST_EDGE_TYPE = "DEPENDS_ON";
export const SECOND_EDGE_TYPE = "RELATES_TO";

const BODY_BYTES_MIN = 300;
const BODY_BYTES_MAX = 1500;
const WORDS =
  "agent task claim lease fence commit record segment history index snapshot handoff decision review merge branch test build release note".split(
    " ",
  );

/** mulberry32: small, seeded, good enough to choose ids and lengths. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What bodies are cut from: to write a body word by word would cost the clock more than some subjects' commits. */
const PROSE = makeProse(64 * 1024);

/** The entities a store holds before the clock starts: `{ id, props }`, one after the other. */
export function* seedEntities(count) {
  const random = seededRandom(1);
  for (let index = 0; index < count; index += 1) yield { id: seedId(index), props: makeProps(random, index) };
}

/** The same, by id. */
export function seedProps(count) {
  const propsById = new Map();
  for (const { id, props } of seedEntities(count)) propsById.set(id, props);
  return propsById;
}

/** An endless source of transactions; `writer` keeps the ids of two processes apart. */
export function makeTransactions({ writer, seedCount }) {
  const random = seededRandom(1000 + writer);
  let count = 0;
  return () => {
    count += 1;
    const first = Math.floor(random() * seedCount);
    return {
      id: `I-${writer}-${count}`,
      props: makeProps(random, count),
      firstTarget: seedId(first),
      secondTarget: seedId((first + 1 + Math.floor(random() * (seedCount - 1))) % seedCount),
      updated: seedId(Math.floor(random() * seedCount)),
      newStatus: STATUSES[Math.floor(random() * STATUSES.length)],
    };
  };
}

/** What the existing entity of a transaction becomes. */
export function changedProps(props, transaction) {
  return { ...props, status: transaction.newStatus, edits: props.edits + 1 };
}

/** The states that a transaction leaves, as JSON: the least that a log which keeps every version can hold. */
export function transactionJson(transaction, propsBefore) {
  const { id, firstTarget, secondTarget, updated } = transaction;
  return JSON.stringify([
    { id, type: "item", props: transaction.props },
    { from: id, type: FIRST_EDGE_TYPE, to: firstTarget },
    { from: id, type: SECOND_EDGE_TYPE, to: secondTarget },
    { id: updated, type: "item", props: changedProps(propsBefore, transaction) },
  ]);
}

export function seedId(index) {
  return `S-${index}`;
}

function makeProps(random, created) {
  const length = BODY_BYTES_MIN + Math.floor(random() * (BODY_BYTES_MAX - BODY_BYTES_MIN)) - 120;
  const start = Math.floor(random() * (PROSE.length - length));
  return {
    title: `${WORDS[Math.floor(random() * WORDS.length)]} ${WORDS[Math.floor(random() * WORDS.length)]}`,
    status: STATUSES[Math.floor(random() * STATUSES.length)],
    priority: PRIORITIES[Math.floor(random() * PRIORITIES.length)],
    created,
    edits: 0,
    body: PROSE.slice(start, start + length),
  };
}

function makeProse(length) {
  const random = seededRandom(7);
  const words = [];
  for (let total = 0; total < length; total += words.at(-1).length + 1)
    words.push(WORDS[Math.floor(random() * WORDS.length)]);
  return words.join(" ");
}
