/** The process that commits and weighs the log: by its bytes up to the last one that is not NUL, which a log may keep ahead. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answerJobs } from "./bench-process.mjs";
import { changedProps, makeTransactions, seedProps, transactionJson } from "./workload.mjs";

answerJobs({ measure });

async function measure(job) {
  const { open } = await import(`./subjects/${job.subject}.mjs`);
  const store = await open(job);
  const next = makeTransactions({ writer: job.writer, seedCount: job.seedCount });
  const propsById = seedProps(job.seedCount);
  const before = weigh(job);
  let jsonBytes = 0;
  for (let count = 0; count < job.commits; count += 1) {
    const transaction = next();
    await store.commit(transaction);
    const props = propsById.get(transaction.updated);
    jsonBytes += Buffer.byteLength(transactionJson(transaction, props));
    propsById.set(transaction.updated, changedProps(props, transaction));
  }
  const logBytes = weigh(job) - before;
  await store.close();
  return { logBytes: logBytes / job.commits, jsonBytes: jsonBytes / job.commits };
}

function weigh({ dir, logFiles }) {
  const names = readdirSync(dir, { recursive: true }).filter((name) => new RegExp(logFiles).test(name));
  return names.reduce((sum, name) => sum + lengthWithoutNuls(readFileSync(join(dir, name))), 0);
}

function lengthWithoutNuls(bytes) {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}
