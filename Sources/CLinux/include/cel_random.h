#ifndef CEL_RANDOM_H
#define CEL_RANDOM_H

#include <stdbool.h>
#include <sys/random.h>

/// Fills up to 256 bytes with random bits, in one system call that is never interrupted.
static inline bool cel_random(void *bytes, size_t count) {
  return getrandom(bytes, count, 0) == (ssize_t)count;
}

#endif
