// Runs mixed transactions over pairs of entities until it is told to stop, or killed. Every commit changes both halves of
// a pair or neither: their balances add up to 0, and both count the same number of moves.

import { appendFileSync } from "node:fs";
import { openGraph } from "@knotwork/graph";
import { seededRandom } from "./child.mjs";

/** @typedef {import("@knotwork/graph").Transaction} Transaction */
/** @typedef {{ storeDir: string, acknowledgementsFile: string, writer: string, seed: number, pairCount: number, durability: "paranoid" | "balanced" | "relaxed" }} Job */

const job = /** @type {Job} */ (JSON.parse(process.argv[2] ?? "{}"));
const random = seededRandom(job.seed);
const graph = await openGraph({ dir: job.storeDir, author: job.writer, durability: job.durability });
const counts = { commits: 0, duplicates: 0, reads: 0 };
let stopping = false;
process.on("message", () => {
  stopping = true;
});
process.send?.({ ready: true });

for (let step = 0; !stopping; step += 1) {
  const dice = random();
  if (dice < 0.01) await graph.checkpoint();
  else if (dice < 0.15) await readPair();
  else await writePairs(`${job.writer}-${step}`, kindOf(dice));
}
await graph.close();
process.send?.({ answer: counts }, () => process.disconnect());

/** @param {number} dice */
function kindOf(dice) {
  if (dice < 0.6) return movePair;
  if (dice < 0.75) return moveAcross;
  if (dice < 0.9) return noteMove;
  return remakePair;
}

/**
 * One transaction under an idempotency key; now and then the request is sent again, as after an answer that was lost.
 *
 * @param {string} key @param {(tx: Transaction) => Promise<void>} change
 */
async function writePairs(key, change) {
  const options = { idempotencyKey: key, fingerprint: change.name, retries: 1000 };
  const first = await graph.transact(async (tx) => (await change(tx), key), options);
  const line = { agent: job.writer, kind: change.name, key, seq: first.seq };
  appendFileSync(job.acknowledgementsFile, `${JSON.stringify(line)}\n`);
  counts.commits += 1;
  if (random() > 0.05) return;
  const again = await graph.transact(async (tx) => (await change(tx), key), options);
  if (!again.duplicate || again.seq !== first.seq)
    throw new Error(`Key ${key} took effect twice: ${first.seq}, ${again.seq}`);
  counts.duplicates += 1;
}

/** @param {Transaction} tx */
async function movePair(tx) {
  await changePair(tx, choosePair(), randomAmount());
}

/** @param {Transaction} tx */
async function moveAcross(tx) {
  const first = choosePair();
  const second = (first + 1 + Math.floor(random() * (job.pairCount - 1))) % job.pairCount;
  const amount = randomAmount();
  await changePair(tx, first, amount);
  await changePair(tx, second, -amount);
}

/** @param {Transaction} tx */
async function noteMove(tx) {
  const pair = choosePair();
  const note = await tx.create("note", { text: "x".repeat(Math.floor(random() * 2000)) });
  await changePair(tx, pair, randomAmount());
  await tx.link(note.id, "ABOUT", halves(pair)[0]);
  await tx.link(note.id, "ABOUT", halves(pair)[1]);
}

/** Both halves are deleted; their next move makes them anew. @param {Transaction} tx */
async function remakePair(tx) {
  const pair = choosePair();
  const [left, right] = halves(pair);
  if ((await tx.get(left)) === undefined) {
    // A transaction that wrote nothing would not be remembered under its key.
    await changePair(tx, pair, randomAmount());
    return;
  }
  await tx.delete(left);
  await tx.delete(right);
}

/** @param {Transaction} tx @param {number} pair @param {number} amount */
async function changePair(tx, pair, amount) {
  const [left, right] = halves(pair);
  const [one, other] = [await tx.get(left), await tx.get(right)];
  if (one === undefined || other === undefined) {
    if (one !== other) throw new Error(`Pair ${pair} has one half only`);
    await tx.create("half", { balance: amount, moves: 1 }, { id: left });
    await tx.create("half", { balance: -amount, moves: 1 }, { id: right });
    return;
  }
  await tx.update(left, moved(one, amount));
  await tx.update(right, moved(other, -amount));
}

/** @param {import("@knotwork/graph").Entity} half @param {number} amount */
function moved(half, amount) {
  return { balance: Number(half.props["balance"]) + amount, moves: Number(half.props["moves"]) + 1 };
}

async function readPair() {
  const pair = choosePair();
  const [one, other] = await graph.getMany([...halves(pair)]);
  counts.reads += 1;
  if (one === undefined && other === undefined) return;
  const sum = Number(one?.props["balance"]) + Number(other?.props["balance"]);
  if (sum !== 0 || one?.props["moves"] !== other?.props["moves"])
    throw new Error(`Half of a change to pair ${pair} was seen`);
}

function choosePair() {
  return Math.floor(random() * job.pairCount);
}

/** @param {number} pair @returns {readonly [string, string]} */
function halves(pair) {
  return [`P-${pair}-left`, `P-${pair}-right`];
}

function randomAmount() {
  return 1 + Math.floor(random() * 100);
}
