/*
 * A slower disk for every subject alike, by LD_PRELOAD: each fsync, fdatasync and msync(MS_SYNC) is followed by a
 * sleep of BENCH_SYNC_MS. With BENCH_SYNC_SERIAL naming a file, syncs of all processes go one after the other: a disk that takes
 * one flush at a time; without, they overlap. A write to a file opened with O_DSYNC is slowed too (LMDB writes its meta page so).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static void slow(int lock) {
  const char *text = getenv("BENCH_SYNC_MS");
  double ms = text ? atof(text) : 0;
  struct timespec left = {(time_t)(ms / 1000), (long)((ms - 1000.0 * (long)(ms / 1000)) * 1e6)};
  while (nanosleep(&left, &left) != 0) {
  }
  if (lock >= 0) close(lock);
}

/* A description of its own for each sync: threads of one process exclude each other as well. */
static int take_turn(void) {
  const char *path = getenv("BENCH_SYNC_SERIAL");
  if (!path || !*path) return -1;
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock >= 0) flock(lock, LOCK_EX);
  return lock;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) {
  int lock = take_turn();
  int answer = REAL(fsync)(fd);
  slow(lock);
  return answer;
}

int fdatasync(int fd) {
  int lock = take_turn();
  int answer = REAL(fdatasync)(fd);
  slow(lock);
  return answer;
}

int msync(void *address, size_t length, int flags) {
  if (!(flags & MS_SYNC)) return REAL(msync)(address, length, flags);
  int lock = take_turn();
  int answer = REAL(msync)(address, length, flags);
  slow(lock);
  return answer;
}

static int is_synchronous(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_DSYNC) != 0;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  if (!is_synchronous(fd)) return REAL(pwrite64)(fd, bytes, length, offset);
  int lock = take_turn();
  ssize_t answer = REAL(pwrite64)(fd, bytes, length, offset);
  slow(lock);
  return answer;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }
