#define _GNU_SOURCE
#include "cel_poll.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

bool cel_is_readable(int descriptor) {
  struct pollfd watched = {.fd = descriptor, .events = POLLIN};
  return poll(&watched, 1, 0) > 0;
}

void cel_block_briefly(int socket) {
  // The kernel rounds this up to its next tick, which costs it nothing; an exact limit, as poll() has
  // one, sets a timer of its own for each wait, and takes as long as the system call.
  struct timeval limit = {.tv_usec = 1000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK);
}

void cel_never_block(int socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

bool cel_begin_quiet_write(void) {
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  return sigismember(&before, SIGPIPE) == 1;
}

void cel_end_quiet_write(bool was_quiet, bool failed) {
  if (was_quiet) return;
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  struct timespec now = {0};
  if (failed) sigtimedwait(&pipe, NULL, &now);
  pthread_sigmask(SIG_UNBLOCK, &pipe, NULL);
}
