#define _GNU_SOURCE
#include "cel_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

int cel_pipe_count(int fd) {
  int count = 0;
  return ioctl(fd, FIONREAD, &count) < 0 ? -errno : count;
}

void cel_pipe_size(int fd, int bytes) { fcntl(fd, F_SETPIPE_SZ, bytes); }
