#ifndef CEL_RANDOM_H
#define CEL_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/// Fills up to 256 bytes with random bits; one system call for every 256 bytes that a thread takes.
bool cel_random(void *bytes, size_t count);

#endif
