#define _GNU_SOURCE
#include "cel_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// It is forked from a process with several threads and executes nothing, so that it shares its
// memory; therefore it may use nothing but system calls: no allocation, no stdio, no opendir.

// Milliseconds: between two looks, from TERM to KILL, from KILL until nothing more is expected.
enum { PAUSE = 50, PRESSING = 2000, KILLING = 5000, BUFFER = 1 << 14, TOLD = 256 };

struct process {
  pid_t pid, group, session;
  char state;
};

struct sweep {
  const struct cel_guard *what;
  pid_t session;      // in which the supervisor has started its processes
  int before, now;    // when the last sweep was, and when this one is: after the supervisor's end
  int longest;        // the most that any group may take
  pid_t told[TOLD];   // those that were asked as strays
  int told_count;
};

// The path "/proc/PID/NAME".
static void proc_path(char *path, pid_t pid, const char *name) {
  char digits[12];
  int count = 0;
  for (; pid; pid /= 10) digits[count++] = (char)('0' + pid % 10);
  char *end = stpcpy(path, "/proc/");
  while (count) *end++ = digits[--count];
  *end++ = '/';
  strcpy(end, name);
}

static int open_proc(pid_t pid, const char *name) {
  char path[64];
  proc_path(path, pid, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

// 1234 (name) S 1 1234 1200 …: the name may hold anything, but what follows its last bracket.
static int read_process(pid_t pid, struct process *found) {
  char text[1024];
  int file = open_proc(pid, "stat");
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  text[length] = 0;
  char *rest = strrchr(text, ')');
  if (!rest || strlen(rest) < 4) return 0;
  found->pid = pid;
  found->state = rest[2];
  strtol(rest + 3, &rest, 10);  // the parent
  found->group = (pid_t)strtol(rest, &rest, 10);
  found->session = (pid_t)strtol(rest, &rest, 10);
  return found->state != 'Z' && found->state != 'X';
}

// Whether it is in the control group below which all begins that the supervisor has started.
static int is_inside(pid_t pid, const char *cgroup) {
  static char text[BUFFER];
  int file = cgroup ? open_proc(pid, "cgroup") : -1;
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  text[length] = 0;
  // Its last name is one that no other group has.
  const char *name = strrchr(cgroup, '/');
  return name && strstr(text, name) != NULL;
}

static int is_marked(pid_t pid, const char *mark) {
  static char buffer[BUFFER];
  int file = open_proc(pid, "environ");
  if (file < 0) return 0;
  const char *expected = mark;  // NULL while the rest of a variable is skipped
  ssize_t length;
  while ((length = read(file, buffer, sizeof buffer)) > 0)
    for (ssize_t i = 0; i < length; i++) {
      if (!buffer[i]) expected = mark;
      else if (expected && *expected == buffer[i]) expected++;
      else expected = NULL;
      if (expected && !*expected) {
        close(file);
        return 1;
      }
    }
  close(file);
  return 0;
}

// Kernel threads, and in a container whatever was started from outside of it, have group 0 (and
// session 0): that is no group of anybody's, and in the table it is a free place.
static const struct cel_guarded *known(const struct sweep *sweep, pid_t group) {
  if (group <= 0) return NULL;
  for (int i = 0; i < sweep->what->group_count; i++)
    if (sweep->what->groups[i].group == group) return &sweep->what->groups[i];
  return NULL;
}

// Nobody else asks a process whose group is none of the supervisor's, or has lost its leader.
static void ask_stray(struct sweep *sweep, const struct process *found) {
  if (known(sweep, found->group) && kill(found->group, 0) == 0) return;
  for (int i = 0; i < sweep->told_count; i++)
    if (sweep->told[i] == found->pid) return;
  if (sweep->told_count < TOLD) sweep->told[sweep->told_count++] = found->pid;
  kill(found->pid, SIGTERM);
}

// What is a stray has as long as the most patient group, for nobody knows whose it was.
static void treat(struct sweep *sweep, const struct process *found) {
  const struct cel_guarded *group = known(sweep, found->group);
  int patience = group ? group->patience : sweep->longest;
  if (sweep->now - patience >= PRESSING) kill(found->pid, SIGKILL);
  else if (sweep->before < patience && sweep->now >= patience) kill(found->pid, SIGTERM);
  else ask_stray(sweep, found);
}

// The system gives the number of a group that has ended to others, who are nobody's to end.
static void forget_ended(const struct cel_guard *what) {
  for (int i = 0; i < what->group_count; i++) {
    pid_t group = what->groups[i].group;
    if (group > 0 && kill(-group, 0) < 0 && errno == ESRCH) what->groups[i].group = 0;
  }
}

// Returns how many are left.
static int sweep_all(struct sweep *sweep) {
  static char entries[BUFFER];
  int left = 0;
  forget_ended(sweep->what);
  int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return 0;
  long length;
  while ((length = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
    for (long at = 0; at < length;) {
      // struct linux_dirent64: 64 bits of inode, 64 of offset, 16 of length, 8 of type, the name
      unsigned short size;
      memcpy(&size, entries + at + 16, sizeof size);
      pid_t pid = (pid_t)strtol(entries + at + 19, NULL, 10);
      at += size;
      struct process found;
      if (pid <= 1 || pid == getpid() || !read_process(pid, &found)) continue;
      int is_ours = (found.session == sweep->session && known(sweep, found.group)) ||
                    is_marked(pid, sweep->what->mark) || is_inside(pid, sweep->what->cgroup);
      if (!is_ours) continue;
      left++;
      treat(sweep, &found);
    }
  close(folder);
  return left;
}

static int milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000) & INT32_MAX;
}

// Looks again and again until nothing is left, or nothing more can be done.
static void clear_up(struct sweep *sweep) {
  for (int i = 0; i < sweep->what->group_count; i++)
    if (sweep->what->groups[i].group && sweep->what->groups[i].patience > sweep->longest)
      sweep->longest = sweep->what->groups[i].patience;
  struct timespec pause = {.tv_nsec = PAUSE * 1000000L};
  int began = milliseconds();
  sweep->before = -1;
  while (sweep->now - sweep->longest < PRESSING + KILLING && sweep_all(sweep)) {
    nanosleep(&pause, NULL);
    sweep->before = sweep->now;
    sweep->now = (milliseconds() - began) & INT32_MAX;
  }
}

// Kills what is left, and removes the groups of the processes and then the one above them.
static void clear_cgroup(const char *path) {
  static char entries[BUFFER];
  int folder = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (folder < 0) return;
  int file = openat(folder, "cgroup.kill", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    (void)!write(file, "1", 1);
    close(file);
  }
  struct timespec pause = {.tv_nsec = PAUSE * 1000000L};
  for (int tries = 0; tries < 20 && rmdir(path) < 0 && errno != ENOENT; tries++) {
    if (tries) nanosleep(&pause, NULL);
    lseek(folder, 0, SEEK_SET);
    long length;
    while ((length = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
      for (long at = 0; at < length;) {
        unsigned short size;
        memcpy(&size, entries + at + 16, sizeof size);
        unlinkat(folder, entries + at + 19, AT_REMOVEDIR);
        at += size;
      }
  }
  close(folder);
}

// The kernel closes the supervisor's files one after the other, the lifeline perhaps first.
static void remove_socket(const struct cel_guard *what) {
  int lock = what->socket ? open(what->lock, O_RDONLY | O_CLOEXEC) : -1;
  if (lock < 0) return;
  for (int tries = 0; tries < 100; tries++) {
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
      unlink(what->socket);
      break;
    }
    struct timespec pause = {.tv_nsec = 1000000};
    nanosleep(&pause, NULL);
  }
  close(lock);
}

static void guard(const struct cel_guard *what) {
  static struct sweep sweep;
  sweep.what = what;
  sweep.session = getsid(0);
  setsid();
  prctl(PR_SET_NAME, "supervise-guard");
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  (void)!chdir("/");
  // Whoever reads what the supervisor writes must see it end.
  dup2(what->lifeline, 0);
  int first = 1;
  if (what->cgroup) dup2(what->cgroup_lock, first++);
  if (close_range((unsigned)first, ~0U, 0) < 0)
    for (int descriptor = first; descriptor < 4096; descriptor++) close(descriptor);

  char byte;
  ssize_t got;
  while ((got = read(0, &byte, 1)) > 0 || (got < 0 && errno == EINTR)) {}
  remove_socket(what);
  clear_up(&sweep);
  clear_cgroup(what->cgroup);
}

pid_t cel_guard_start(const struct cel_guard *what) {
  pid_t pid = fork();
  if (pid == 0) {
    guard(what);
    _exit(0);
  }
  return pid < 0 ? -errno : pid;
}

struct cel_guarded *cel_guard_table(int count) {
  size_t size = (size_t)count * sizeof(struct cel_guarded);
  void *table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return table == MAP_FAILED ? NULL : table;
}
