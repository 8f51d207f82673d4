import { expect, test } from "vitest";
import { crashImages, proveCrashes, proveImages } from "./crash-workload.ts";

test("ENGINE R3: a power cut at any step of creating a store leaves a store, or a creation that the next one finishes", async () => {
  await proveCrashes(
    async (world) => {
      const a = await world.create("a");
      await world.commit(a, "one");
      await a.close();
    },
    { title: "creation" },
  );
});

test("ENGINE R3: of two processes that create at the same time, with a power cut at any step, there comes one store", async () => {
  await proveCrashes(
    async (world) => {
      const [a, b] = await Promise.all([world.create("a"), world.create("b")]);
      await Promise.all([world.commit(a, "by a"), world.commit(b, "by b")]);
      await a.close();
      await b.close();
    },
    { title: "creation by two", part: "creation", stopsMax: 30 },
  );
});

test("ENGINE R3: a creator that is killed at any step keeps nobody from creating", async () => {
  await proveCrashes(async (world) => (await world.create("a")).close(), { title: "creation, killed", crash: "kill" });
});

test("ENGINE R3: once `open` has returned, no power cut takes the store away", async () => {
  const images = await crashImages(async (world) => (await world.open("a")).close(), {
    title: "created store",
    part: "creation",
  });
  const created = images.filter(({ isCreated }) => isCreated);
  expect(created.length).toBeGreaterThan(0);
  // Opened without `create`: a store that is not there would be an error.
  await proveImages(created);
});
