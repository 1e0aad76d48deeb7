#define _GNU_SOURCE
#include "cel_signal.h"

#include <signal.h>
#include <stddef.h>

int cel_is_ignored(int signal) {
  struct sigaction current;
  return sigaction(signal, NULL, &current) == 0 && current.sa_handler == SIG_IGN;
}
