/** The log behind a place, and the hint that it has grown. */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Engine, LoggedCommit } from "../../engine.ts";
import { commit, type Given } from "./subject.ts";

const WAIT_MS_MAX = 5000;

export function testLog(given: Given): void {
  test("the log gives every commit behind a place once, in order, as it is listed, however it is cut into pages", async () => {
    for (let i = 1; i <= 5; i++) await commit(given.engine, (tx) => tx.put(`a${i}`, { i }));
    const listed = await given.engine.commits({ limit: 100 });
    const found: LoggedCommit[] = [];
    let after: { readonly seq: number; readonly mark?: string } = { seq: 0 };
    for (;;) {
      const page = await given.engine.log({ after, limit: 2, durable: false });
      const last = page.at(-1);
      if (last === undefined) break;
      expect(page.length).toBeLessThanOrEqual(2);
      found.push(...page);
      after = { seq: last.commit.seq, mark: last.mark };
    }
    expect(found.map((each) => each.commit)).toEqual(listed);
    for (const { mark } of found) expect(mark).toMatch(/^[0-9A-Za-z]{1,64}$/);
    const [third] = await given.engine.log({ after: { seq: 2 }, limit: 1, durable: false });
    expect(third).toEqual(found[2]);
  });

  test("a place has the same mark for every engine, after a checkpoint and when the store is opened again", async () => {
    for (let i = 1; i <= 3; i++) await commit(given.engine, (tx) => tx.put("a", { i }));
    const before = await given.engine.log({ after: { seq: 0 }, limit: 10, durable: false });
    await given.engine.checkpoint();
    expect(await given.engine.log({ after: { seq: 0 }, limit: 10, durable: false })).toEqual(before);
    const second = await given.subject.second?.();
    if (second !== undefined)
      expect(await second.log({ after: { seq: 0 }, limit: 10, durable: false })).toEqual(before);
    await second?.close();
    const engine = (await given.subject.reopen?.()) ?? given.engine;
    expect(await engine.log({ after: { seq: 0 }, limit: 10, durable: false })).toEqual(before);
  });

  test("a place that another commit has now, or none, is refused", async () => {
    const seq = await commit(given.engine, (tx) => tx.put("a"));
    const [logged] = await given.engine.log({ after: { seq: seq - 1 }, limit: 1, durable: false });
    const ask = (at: number, mark?: string) => async () =>
      await given.engine.log({ after: { seq: at, ...(mark === undefined ? {} : { mark }) }, limit: 1, durable: false });
    const diverged = { code: "CURSOR_DIVERGED", context: { head: seq } };
    expect(await ask(seq, logged?.mark ?? "")()).toEqual([]);
    await expect(ask(seq, "00000000")()).rejects.toMatchObject(diverged);
    await expect(ask(seq + 1)()).rejects.toMatchObject(diverged);
    await expect(ask(seq + 1, logged?.mark ?? "")()).rejects.toMatchObject(diverged);
  });
}

export function testHints(given: Given): void {
  test("whoever listens is told of commits, its own and those of another engine, until it stops listening", async () => {
    const second = (await given.subject.second?.()) ?? given.engine;
    const hints = { kept: 0, ended: 0 };
    const end = given.engine.onHint(() => hints.ended++);
    const endKept = given.engine.onHint(() => hints.kept++);
    for (const engine of [given.engine, second]) {
      const before = hints.kept;
      await commit(engine, (tx) => tx.put("a"));
      await until(() => hints.kept > before);
    }
    end();
    const ended = hints.ended;
    const before = hints.kept;
    await commit(second, (tx) => tx.put("a"));
    await until(() => hints.kept > before);
    expect(hints.ended).toBe(ended);
    endKept();
    if (second !== given.engine) await second.close();
  });

  test("a relaxed commit counts as durable soon for whoever listens, though nobody syncs it on purpose", async () => {
    const end = given.engine.onHint(() => undefined);
    const seq = await commit(given.engine, (tx) => tx.put("a"));
    await until(async () => (await durableSeq(given.engine)) >= seq);
    end();
  });
}

async function durableSeq(engine: Engine): Promise<number> {
  return (await engine.log({ after: { seq: 0 }, limit: 1000, durable: true })).at(-1)?.commit.seq ?? 0;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < WAIT_MS_MAX && !(await isTrue()); waitedMs += 5) await delay(5);
  expect(await isTrue()).toBe(true);
}
