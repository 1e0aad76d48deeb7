#include "cel_random.h"

#include <sys/random.h>

bool cel_random(void *bytes, size_t count) {
  return getrandom(bytes, count, 0) == (ssize_t)count;
}
