#ifndef CEL_LINES_H
#define CEL_LINES_H

#include <stddef.h>

/// How many line ends there are; a loop that compilers make wide.
static inline size_t cel_count_lines(const void *bytes, size_t count) {
  const unsigned char *byte = (const unsigned char *)bytes;
  size_t lines = 0;
  for (size_t i = 0; i < count; i++) lines += byte[i] == '\n';
  return lines;
}

#endif
