#ifndef CEL_RANDOM_H
#define CEL_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/// Fills up to 256 bytes with random bits, in one system call that is never interrupted.
bool cel_random(void *bytes, size_t count);

#endif
