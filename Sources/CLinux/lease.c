#define _GNU_SOURCE
#include "cel_lease.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

int cel_lease(int fd) {
  // A writer that comes while the lease is held is announced by a signal, SIGIO unless told
  // otherwise, which ends a process that does not expect it. SIGURG is ignored by default.
  if (fcntl(fd, F_SETSIG, SIGURG) == -1) return errno;
  return fcntl(fd, F_SETLEASE, F_RDLCK) == -1 ? errno : 0;
}

void cel_lease_end(int fd) { fcntl(fd, F_SETLEASE, F_UNLCK); }
