#ifndef WORKER_H
#define WORKER_H

#include <time.h>

/* Works off a backlog in batches, keeping its loans in one of the ways of worker.c. */
_Noreturn void worker_run(const char *variant, long batch);

/* Waits for single messages. */
_Noreturn void worker_wait(void);

/* The time of day in nanoseconds. */
static inline long long stamp_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}
#endif
