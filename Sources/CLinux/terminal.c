#define _GNU_SOURCE
#include "cel_terminal.h"

#include <errno.h>
#include <signal.h>
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

static void crashed(int signal) {
  int error = errno;
  cel_terminal_give_back();
  errno = error;
  // It comes again when this returns, for whoever was to have it before: the end, mostly.
  for (int i = 0; i < FATAL; i++)
    if (fatal[i] == signal) sigaction(signal, &former[i], NULL);
  raise(signal);
}

int cel_terminal_take(int terminal) {
  static int prepared;
  if (taken >= 0) return 0;
  if (tcgetattr(terminal, &before) < 0) return -errno;
  if (!prepared) {
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &former[i]);
    prepared = 1;
  }
  struct termios keys = before;
  keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  keys.c_cc[VMIN] = 0;
  keys.c_cc[VTIME] = 0;
  taken = terminal;
  if (tcsetattr(terminal, TCSANOW, &keys) == 0) return 0;
  int error = errno;
  taken = -1;
  return -error;
}

int cel_terminal_is_ours(int terminal) { return tcgetpgrp(terminal) == getpgrp(); }

int cel_terminal_columns(int terminal) {
  struct winsize size;
  return ioctl(terminal, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}
