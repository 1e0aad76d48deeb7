#define _GNU_SOURCE
#include "cel_wait.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

void cel_wait_for_end(pid_t pid) {
  int handle = (int)syscall(SYS_pidfd_open, pid, 0);
  if (handle < 0) return;
  struct pollfd poll_for = {.fd = handle, .events = POLLIN};
  while (poll(&poll_for, 1, -1) < 0 && errno == EINTR) {}
  close(handle);
}
