// limit PROCFILE [FILE]: the least that a supervisor can do, as a yardstick for those that do more.
//
// It starts each command, puts a name before each line of output, starts again what has ended,
// and when FILE is replaced it restarts all. No back-off, no options, no order, no readiness.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 256, WORDS = 32, PIECE = 1 << 16, SIGNALS = MOST, CHANGES };

struct process {
  char prefix[64], *words[WORDS + 1];
  size_t prefix_length, held_length;
  char held[PIECE];
  pid_t pid;
  int output;
};

static struct process *processes[MOST];
static int count, poll_fd, stopping;
static sigset_t before;
static char out[4 * PIECE];
static size_t filled;

static void flush(void) {
  for (size_t done = 0; done < filled;) {
    ssize_t part = write(1, out + done, filled - done);
    if (part < 0 && errno != EINTR) exit(1);
    if (part > 0) done += (size_t)part;
  }
  filled = 0;
}

static void put(const char *bytes, size_t length) {
  if (length > sizeof out - filled) flush();
  memcpy(out + filled, bytes, length);
  filled += length;
}

static void await(int fd, uint32_t what) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void start(int index) {
  struct process *process = processes[index];
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) exit(1);
  fcntl(ends[0], F_SETPIPE_SZ, 4 * PIECE);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  process->pid = fork();
  if (process->pid == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, &before, NULL);
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    execvp(process->words[0], process->words);
    _exit(127);
  }
  setpgid(process->pid, process->pid);
  close(ends[1]);
  process->output = ends[0];
  await(ends[0], (uint32_t)index);
}

static int forward(struct process *process) {
  static char bytes[PIECE];
  ssize_t got = read(process->output, bytes, sizeof bytes);
  if (got <= 0) return 0;
  char *line = bytes, *last = bytes + got, *end;
  for (; (end = memchr(line, '\n', (size_t)(last - line))); line = end + 1) {
    put(process->prefix, process->prefix_length);
    put(process->held, process->held_length);
    process->held_length = 0;
    put(line, (size_t)(end + 1 - line));
  }
  size_t rest = (size_t)(last - line);
  if (rest > sizeof process->held - process->held_length) rest = 0;
  memcpy(process->held + process->held_length, line, rest);
  process->held_length += rest;
  return 1;
}

static void reap(void) {
  pid_t pid;
  while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
    for (int i = 0; i < count; i++) {
      if (processes[i]->pid != pid) continue;
      while (forward(processes[i])) {}
      close(processes[i]->output);
      processes[i]->pid = 0;
      if (!stopping) start(i);
    }
}

static void end_all(void) {
  for (int i = 0; i < count; i++)
    if (processes[i]->pid) kill(-processes[i]->pid, SIGTERM);
}

static void take_signal(int fd) {
  struct signalfd_siginfo info;
  while (read(fd, &info, sizeof info) > 0)
    if (info.ssi_signo == SIGCHLD) {
      reap();
    } else {
      stopping = 1;
      end_all();
    }
}

static void read_procfile(const char *path) {
  FILE *file = fopen(path, "r");
  char line[4096];
  while (file && count < MOST && fgets(line, sizeof line, file)) {
    char *command = strchr(line, ':');
    if (!command) continue;
    *command++ = 0;
    struct process *process = processes[count++] = calloc(1, sizeof *process);
    process->prefix_length = (size_t)sprintf(process->prefix, "%-8.32s | ", line);
    int words = 0;
    for (char *word = strtok(command, " \n"); word && words < WORDS; word = strtok(NULL, " \n"))
      process->words[words++] = strdup(word);
  }
}

int main(int arguments, char **argument) {
  if (arguments < 2) return 64;
  read_procfile(argument[1]);
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, &before);
  int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  await(signals, SIGNALS);
  int changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (arguments > 2) {
    inotify_add_watch(changes, dirname(strdup(argument[2])), IN_MOVED_TO);
    await(changes, CHANGES);
  }
  for (int i = 0; i < count; i++) start(i);
  for (int left = 1; left;) {
    struct epoll_event events[64];
    int ready = epoll_wait(poll_fd, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      uint32_t what = events[i].data.u32;
      char ignored[4096];
      if (what == SIGNALS) take_signal(signals);
      else if (what == CHANGES && read(changes, ignored, sizeof ignored) > 0) end_all();
      else if (what < MOST) forward(processes[what]);
    }
    flush();
    left = !stopping;
    for (int i = 0; i < count; i++) left |= processes[i]->pid != 0;
  }
  return 0;
}
