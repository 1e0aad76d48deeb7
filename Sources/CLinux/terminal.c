#define _GNU_SOURCE
#include "cel_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static volatile sig_atomic_t taken = -1;

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
enum { FATAL = sizeof fatal / sizeof *fatal };
static struct sigaction former[FATAL];

// Only what may be called in a signal handler.
void cel_terminal_give_back(void) {
  int terminal = taken;
  taken = -1;
  if (terminal >= 0) tcsetattr(terminal, TCSANOW, &before);
}

void cel_terminal_forget(void) { taken = -1; }

static void crashed(int signal) {
  int error = errno;
  cel_terminal_give_back();
  errno = error;
  // It comes again when this returns, for whoever was to have it before: the end, mostly.
  for (int i = 0; i < FATAL; i++)
    if (fatal[i] == signal) sigaction(signal, &former[i], NULL);
  raise(signal);
}

static int take(int terminal, int all) {
  static int prepared;
  if (taken >= 0) return 0;
  if (tcgetattr(terminal, &before) < 0) return -errno;
  if (!prepared) {
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &former[i]);
    prepared = 1;
  }
  struct termios keys = before;
  if (all) {
    cfmakeraw(&keys);
  } else {
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 0;
    keys.c_cc[VTIME] = 0;
  }
  taken = terminal;
  if (tcsetattr(terminal, TCSANOW, &keys) == 0) return 0;
  int error = errno;
  taken = -1;
  return -error;
}

int cel_terminal_take(int terminal) { return take(terminal, 0); }

int cel_terminal_take_all(int terminal) { return take(terminal, 1); }

int cel_terminal_is_ours(int terminal) { return tcgetpgrp(terminal) == getpgrp(); }

int cel_terminal_columns(int terminal) {
  struct winsize size;
  return ioctl(terminal, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}

int cel_terminal_rows(int terminal) {
  struct winsize size;
  return ioctl(terminal, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_row;
}

void cel_terminal_resize(int terminal, int rows, int columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(terminal, TIOCSWINSZ, &size);
}

int cel_terminal_make(int *own, int *other) {
  *own = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*own < 0) return -errno;
  char name[64];
  if (grantpt(*own) == 0 && unlockpt(*own) == 0 && ptsname_r(*own, name, sizeof name) == 0) {
    *other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*other >= 0) return 0;
  }
  int error = errno;
  close(*own);
  return -error;
}
