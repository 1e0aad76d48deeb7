#define _GNU_SOURCE
#include "cel_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Descriptors in flight are first moved above the ones they are to become, so that no dup2
// overwrites one that is still needed.
enum { GIVEN = 5, SAFE = 16 };

// Not through glibc, which keeps 32 and 33 for itself: whoever has started this process may ignore them.
static void default_signals(void) {
  const unsigned long standard[8] = {0};  // the kernel's struct sigaction, which is shorter
  for (int signal = 1; signal < NSIG; signal++)
    syscall(SYS_rt_sigaction, signal, standard, NULL, NSIG / 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static int give_descriptors(const struct cel_spawn *what) {
  int moved[GIVEN];
  for (int i = 0; i < GIVEN; i++) {
    if (what->descriptors[i] < 0) continue;
    moved[i] = fcntl(what->descriptors[i], F_DUPFD_CLOEXEC, SAFE);
    if (moved[i] < 0) return -1;
  }
  for (int i = 0; i < GIVEN; i++) {
    if (what->descriptors[i] < 0) close(i);
    else if (dup2(moved[i], i) < 0) return -1;
  }
  // What the supervisor itself inherited stays with it. Kernels without the call have only that
  // to lose: all of the supervisor's own descriptors are close-on-exec anyway.
  close_range(GIVEN, ~0U, CLOSE_RANGE_CLOEXEC);
  return 0;
}

static int set_oom_score(int score) {
  char text[8];
  char *start = text + sizeof text;
  for (int rest = score < 0 ? -score : score; rest || start == text + sizeof text; rest /= 10)
    *--start = (char)('0' + rest % 10);
  if (score < 0) *--start = '-';
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = text + sizeof text - start;
  int result = write(file, start, (size_t)length) == length ? 0 : -1;
  close(file);
  return result;
}

// What only the privileged may do comes before the user is changed.
static int give_surroundings(const struct cel_spawn *what) {
  for (int i = 0; i < what->limit_count; i++) {
    const struct cel_limit *limit = &what->limits[i];
    struct rlimit value = {.rlim_cur = limit->soft, .rlim_max = limit->hard};
    if (limit->resource == RLIMIT_NOFILE) {
      // For now no more than the leave to have it: see give_descriptor_limit.
      if (getrlimit(RLIMIT_NOFILE, &value) < 0) return -1;
      if (limit->hard <= value.rlim_max) continue;
      value.rlim_max = limit->hard;
    }
    if (setrlimit(limit->resource, &value) < 0) return -1;
  }
  int changes = what->changes;
  if (changes & CEL_NICENESS && setpriority(PRIO_PROCESS, 0, what->niceness) < 0) return -1;
  if (changes & CEL_OOM_SCORE && set_oom_score(what->oom_score) < 0) return -1;
  if (changes & CEL_MASK) umask((mode_t)what->mask);
  if (changes & CEL_USER) {
    // Not through glibc: it would tell the threads of the parent, which are not here.
    if (syscall(SYS_setgroups, (size_t)what->group_count, what->groups) < 0) return -1;
    if (syscall(SYS_setgid, what->group) < 0 || syscall(SYS_setuid, what->user) < 0) return -1;
  }
  return !what->directory || chdir(what->directory) == 0 ? 0 : -1;
}

// The supervisor has more files open than its process may, so this comes when those it gets are in
// their places.
static int give_descriptor_limit(const struct cel_spawn *what) {
  for (int i = 0; i < what->limit_count; i++) {
    const struct cel_limit *limit = &what->limits[i];
    struct rlimit value = {.rlim_cur = limit->soft, .rlim_max = limit->hard};
    if (limit->resource == RLIMIT_NOFILE && setrlimit(RLIMIT_NOFILE, &value) < 0) return -1;
  }
  return 0;
}

// Better outside than not at all.
static void enter(int cgroup) {
  int file = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  (void)!write(file, "0", 1);
  close(file);
}

static void become(const struct cel_spawn *what, pid_t parent, int report) {
  // Both may be below the ones given away.
  int image = what->image < 0 ? -1 : fcntl(what->image, F_DUPFD_CLOEXEC, SAFE);
  report = fcntl(report, F_DUPFD_CLOEXEC, SAFE);

  // The leader of a session leads a process group as well.
  if (what->has_terminal) setsid();
  else setpgid(0, 0);
  default_signals();
  int is_ready = give_surroundings(what) == 0;
  if (is_ready && what->death_signal) {
    prctl(PR_SET_PDEATHSIG, what->death_signal);  // a change of the user would clear it
    if (getppid() != parent) _exit(127);          // it was gone before the line above
  }
  if (is_ready && give_descriptors(what) == 0 && give_descriptor_limit(what) == 0) {
    if (what->has_terminal) ioctl(0, TIOCSCTTY, 0);
    if (image >= 0)
      syscall(SYS_execveat, image, "", what->arguments, what->environment, AT_EMPTY_PATH);
    else
      execve(what->path, what->arguments, what->environment);
  }
  int error = errno;
  while (write(report, &error, sizeof error) < 0 && errno == EINTR) {}
  _exit(127);
}

struct beginning {
  const struct cel_spawn *what;
  pid_t parent;
  int report;
  int cgroup;  // to be entered; -1 for none
};

static int begin(void *context) {
  const struct beginning *beginning = context;
  if (beginning->cgroup >= 0) enter(beginning->cgroup);
  become(beginning->what, beginning->parent, beginning->report);
  return 127;
}

// A child borrows the memory of its parent, whose thread waits until the child executes: to copy
// the tables of that memory, and then its pages as they are written, is the greater part of the
// time that a start takes. So nothing between here and the execution may allocate, lock, or leave
// anything behind but errno; and no signal may arrive before its handler is gone.
//
// One that becomes another user gets a copy. It may be stopped or looked into by that user before
// it executes, and nobody but root should have the memory of root in his hands.
static pid_t begin_beside(struct beginning *beginning, int *pidfd) {
  char stack[64 << 10] __attribute__((aligned(16)));
  char *top = stack + sizeof stack;
  int how = SIGCHLD | (beginning->what->changes & CEL_USER ? 0 : CLONE_VM | CLONE_VFORK);
  pid_t pid = clone(begin, top, how | CLONE_PIDFD, beginning, pidfd);
  if (pid < 0 && errno == EINVAL) pid = clone(begin, top, how, beginning);
  return pid;
}

// To be born in a control group costs less than to move there, for which the kernel may have to wait
// until all processors have taken note. glibc has no way to do it on a stack of the child's own, so
// this one gets a copy as well.
static pid_t begin_inside(struct beginning *beginning, int *pidfd) {
  struct clone_args how = {
      .flags = CLONE_PIDFD | CLONE_INTO_CGROUP,
      .pidfd = (uintptr_t)pidfd,
      .exit_signal = SIGCHLD,
      .cgroup = (uint64_t)beginning->cgroup};
  pid_t pid = (pid_t)syscall(SYS_clone3, &how, sizeof how);
  if (pid == 0) {
    beginning->cgroup = -1;
    _exit(begin(beginning));
  }
  return pid;
}

static pid_t begin_child(struct beginning *beginning, int *pidfd) {
  // Not through glibc, which keeps two signals for itself out of every mask.
  uint64_t all = ~UINT64_C(0), before;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
  // Containers often know no clone3; then the child goes there by itself.
  pid_t pid = beginning->cgroup >= 0 ? begin_inside(beginning, pidfd) : -1;
  if (pid < 0) pid = begin_beside(beginning, pidfd);
  int error = errno;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
  // Sandboxes that know no CLONE_PIDFD. An unreaped child keeps its pid, so there is no race.
  if (pid > 0 && *pidfd < 0) *pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  errno = error;
  return pid;
}

pid_t cel_spawn(const struct cel_spawn *what, int *pidfd) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) return -errno;

  *pidfd = -1;
  struct beginning beginning = {
      .what = what, .parent = getpid(), .report = report[1], .cgroup = -1};
  if (what->cgroup) beginning.cgroup = open(what->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  pid_t pid = begin_child(&beginning, pidfd);
  int error = pid < 0 ? errno : 0;
  if (beginning.cgroup >= 0) close(beginning.cgroup);
  close(report[1]);
  if (pid > 0) {
    if (!what->has_terminal) setpgid(pid, pid);  // whichever side comes first
    ssize_t got;
    while ((got = read(report[0], &error, sizeof error)) < 0 && errno == EINTR) {}
    if (got == sizeof error)
      while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    else
      error = 0;
  }
  close(report[0]);
  if (!error) return pid;
  if (*pidfd >= 0) close(*pidfd);
  *pidfd = -1;
  return -error;
}

int cel_reap(struct cel_ended *ended) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) < 0 && errno == EINTR) {}
  if (pid <= 0) return pid < 0 ? -errno : 0;
  ended->pid = pid;
  ended->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ended->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return 1;
}

int cel_pidfd_signal(int pidfd, int signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int cel_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0; }

int cel_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? -errno : 0; }
