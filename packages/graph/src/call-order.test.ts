import { expect, onTestFinished, test } from "vitest";
import { CallOrder } from "./call-order.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What rejects and is handled by nobody until the test ends. */
function unhandledRejections(): readonly unknown[] {
  const others = process.rawListeners("unhandledRejection") as NodeJS.UnhandledRejectionListener[];
  const unhandled: unknown[] = [];
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", (reason) => void unhandled.push(reason));
  onTestFinished(() => {
    process.removeAllListeners("unhandledRejection");
    for (const listener of others) process.on("unhandledRejection", listener);
  });
  return unhandled;
}

test("a call that failed, was not awaited and ended before the others is an unhandled rejection, never silence", async () => {
  const unhandled = unhandledRejections();
  const calls = new CallOrder(() => undefined);
  const [read, atOnce, waited] = [new Error("a read"), new Error("a write at once"), new Error("a write that waited")];
  void calls.read(() => Promise.reject(read));
  await turn();
  void calls.write(() => {
    throw atOnce;
  });
  void calls.write(async () => {
    await turn();
    throw waited;
  });
  for (let turns = 0; turns < 5; turns += 1) await turn();
  await calls.ended();
  expect(unhandled).toEqual([read, atOnce, waited]);
});

test("a call that failed and was awaited, or was under way at the end, is told once", async () => {
  const unhandled = unhandledRejections();
  const calls = new CallOrder(() => undefined);
  const fail = (): never => {
    throw new Error("no");
  };
  await expect(calls.write(fail)).rejects.toThrow("no");
  await expect(calls.read(fail)).rejects.toThrow("no");
  await calls.ended();
  void calls.write(fail);
  await expect(calls.ended()).rejects.toThrow("no");
  for (let turns = 0; turns < 5; turns += 1) await turn();
  expect(unhandled).toEqual([]);
});

test("writes, and reads behind them, take effect in the order of the calls, waiting or not", async () => {
  const calls = new CallOrder(() => undefined);
  const order: number[] = [];
  const at =
    (place: number, wait: boolean): (() => Promise<void> | void) =>
    () => {
      if (!wait) return void order.push(place);
      return turn().then(() => void order.push(place));
    };
  void calls.write(at(1, false));
  void calls.write(at(2, true));
  void calls.write(at(3, false));
  void calls.read(at(4, false));
  void calls.write(at(5, true));
  await calls.ended();
  expect(order).toEqual([1, 2, 3, 4, 5]);
});
