#ifndef CEL_WAIT_H
#define CEL_WAIT_H

#include <sys/types.h>

/// Waits until a process has ended, be it a child or not, reaped or not.
void cel_wait_for_end(pid_t pid);

#endif
