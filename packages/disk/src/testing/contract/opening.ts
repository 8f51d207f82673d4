/** Opening and closing files. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { OpenMode } from "../../disk.ts";
import { DiskError } from "../../errors.ts";
import { codeOf, type DiskUnderTest, errorOf, textAt, writeNew } from "./disk-under-test.ts";

const ALL_MODES: readonly OpenMode[] = ["read", "read-write", "create-new", "open-or-create", "append"];
const MODES_THAT_NEED_A_FILE: readonly OpenMode[] = ["read", "read-write", "append"];

export function describeOpening(under: () => DiskUnderTest): void {
  test.each(MODES_THAT_NEED_A_FILE)("opening a file that is not there with mode %s gives ENOENT", (mode) => {
    const { disk, directory } = under();
    expect(codeOf(() => disk.open(join(directory, "absent"), mode))).toBe("ENOENT");
    expect(disk.list(directory)).toEqual([]);
  });

  test.each(ALL_MODES)("opening below a directory that is not there with mode %s gives ENOENT", (mode) => {
    const { disk, directory } = under();
    expect(codeOf(() => disk.open(join(directory, "absent", "file"), mode))).toBe("ENOENT");
  });

  test("an error names the path, the action and the state", () => {
    const { disk, directory } = under();
    const path = join(directory, "absent");
    const error = errorOf(() => disk.open(path, "read"));
    expect(error).toBeInstanceOf(DiskError);
    expect(error?.message).toBe(`Cannot open "${path}": no such file or directory (ENOENT)`);
    expect(error?.context["path"]).toBe(path);
  });

  test("create-new makes an empty file of mode 0600 and refuses one that is there", () => {
    const { disk, directory } = under();
    const path = join(directory, "new");
    const file = disk.open(path, "create-new");
    expect(file.stat()).toMatchObject({ kind: "file", sizeBytes: 0, linkCount: 1, mode: 0o600 });
    file.close();
    expect(codeOf(() => disk.open(path, "create-new"))).toBe("EEXIST");
  });

  test("a new file gets exactly the mode asked for", () => {
    const { disk, directory } = under();
    for (const mode of [0o600, 0o640, 0o660, 0o666]) {
      const file = disk.open(join(directory, `mode-${mode.toString(8)}`), "create-new", { mode });
      expect(file.stat().mode).toBe(mode);
      file.close();
    }
  });

  test("open-or-create creates once and never truncates", () => {
    const { disk, directory } = under();
    const path = join(directory, "file");
    writeNew(disk, path, "content");
    const file = disk.open(path, "open-or-create", { mode: 0o666 });
    expect(file.stat()).toMatchObject({ sizeBytes: 7, mode: 0o600 });
    file.close();
    const created = disk.open(join(directory, "other"), "open-or-create", { mode: 0o640 });
    expect(created.stat()).toMatchObject({ sizeBytes: 0, mode: 0o640 });
    created.close();
  });
}

export function describeRefusals(under: () => DiskUnderTest): void {
  test.each(ALL_MODES)("a symbolic link is not followed by mode %s, and what it points to is untouched", (mode) => {
    const { disk, directory, plantSymlink } = under();
    const target = join(directory, "target");
    writeNew(disk, target, "secret");
    plantSymlink(join(directory, "link"), target);
    expect(codeOf(() => disk.open(join(directory, "link"), mode))).toBe(mode === "create-new" ? "EEXIST" : "ELOOP");
    expect(textAt(disk, target)).toBe("secret");
  });

  test("create-new does not create through a link that points nowhere", () => {
    const { disk, directory, plantSymlink } = under();
    plantSymlink(join(directory, "link"), join(directory, "nowhere"));
    expect(codeOf(() => disk.open(join(directory, "link"), "create-new"))).toBe("EEXIST");
    expect(codeOf(() => disk.open(join(directory, "link"), "open-or-create"))).toBe("ELOOP");
    expect(disk.stat(join(directory, "nowhere"))).toBeUndefined();
  });

  test.each(MODES_THAT_NEED_A_FILE)("a directory cannot be opened as a file with mode %s", (mode) => {
    const { disk, directory } = under();
    expect(codeOf(() => disk.open(directory, mode))).toBe("EISDIR");
  });
}

export function describeClosing(under: () => DiskUnderTest): void {
  test("after close every call gives EBADF, and a second close is a defect", async () => {
    const { disk, directory } = under();
    const file = disk.open(join(directory, "file"), "create-new");
    file.close();
    expect(codeOf(() => file.read(new Uint8Array(1), 0, 1, 0))).toBe("EBADF");
    expect(codeOf(() => file.write(new Uint8Array(1), 0))).toBe("EBADF");
    expect(codeOf(() => file.truncate(0))).toBe("EBADF");
    expect(codeOf(() => file.stat())).toBe("EBADF");
    expect(codeOf(() => file.syncData())).toBe("EBADF");
    expect(codeOf(() => file.tryLock("shared"))).toBe("EBADF");
    expect(codeOf(() => file.unlock())).toBe("EBADF");
    await expect(file.syncDataAsync()).rejects.toMatchObject({ code: "EBADF" });
    expect(() => file.close()).toThrow("closed twice");
  });

  test("closing while an asynchronous sync is under way is a defect", async () => {
    const { disk, directory } = under();
    const file = disk.open(join(directory, "file"), "create-new");
    const sync = file.syncDataAsync();
    expect(() => file.close()).toThrow("a sync of it is under way");
    await sync;
    file.close();
  });
}
