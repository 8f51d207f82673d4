import { FaultyDisk } from "./faulty-disk.ts";
import { describeDisk } from "./disk-contract.ts";
import { MemoryDisk } from "./memory-disk.ts";

function emptyMemory(): { readonly memory: MemoryDisk; readonly directory: string } {
  const memory = new MemoryDisk();
  const setup = memory.process("setup");
  setup.makeDirectory("/tmp");
  setup.makeDirectory("/tmp/store");
  return { memory, directory: "/tmp/store" };
}

describeDisk("the memory disk", () => {
  const { memory, directory } = emptyMemory();
  return {
    disk: memory.process("a"),
    other: memory.process("b"),
    directory,
    plantSymlink: (path, target) => memory.plantSymlink(path, target),
    leaveFreeBytes: (count) => {
      memory.capacityBytes = memory.tree.usedBytes + count;
    },
    cleanUp: () => undefined,
  };
});

describeDisk("the faulty disk without a fault", () => {
  const { memory, directory } = emptyMemory();
  return {
    disk: new FaultyDisk(memory.process("a")),
    other: new FaultyDisk(memory.process("b")),
    directory,
    plantSymlink: (path, target) => memory.plantSymlink(path, target),
    leaveFreeBytes: (count) => {
      memory.capacityBytes = memory.tree.usedBytes + count;
    },
    cleanUp: () => undefined,
  };
});
