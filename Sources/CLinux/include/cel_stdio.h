#ifndef CEL_STDIO_H
#define CEL_STDIO_H

#include <stdio.h>

/// Makes each line of standard output appear when it ends, also in a pipe; call before any output.
static inline void cel_line_buffer_stdout(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

/// Writes out what standard output still holds; false if any of it, or of what came before, got lost.
static inline _Bool cel_flush_stdout(void) { return fflush(stdout) == 0 && !ferror(stdout); }

#endif
