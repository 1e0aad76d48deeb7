#ifndef CEL_THREAD_H
#define CEL_THREAD_H

#include <sys/prctl.h>

/// Names the calling thread, for `top` and debuggers; 15 bytes are kept.
static inline void cel_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

#endif
