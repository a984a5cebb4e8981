/* Makes every fsync and fdatasync of a program take SLOW_SYNC_MS milliseconds more, as a disk does
 * that others use, too. Loaded with LD_PRELOAD by `deno task bench:peers --sync-ms`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_function)(int);

static int slowly(const char *name, int file) {
  sync_function sync = (sync_function)dlsym(RTLD_NEXT, name);
  const char *set = getenv("SLOW_SYNC_MS");
  long ms = set ? atol(set) : 0;
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  int result = sync(file);
  nanosleep(&pause, NULL);
  return result;
}

int fsync(int file) { return slowly("fsync", file); }

int fdatasync(int file) { return slowly("fdatasync", file); }
