#ifndef CEL_SPAWN_H
#define CEL_SPAWN_H

#include <sys/types.h>

/// A limit that the kernel keeps for a process.
struct cel_limit {
  int resource;  ///< RLIMIT_…
  unsigned long soft, hard;
};

/// What of `cel_spawn` is to be unlike the parent's.
enum { CEL_NICENESS = 1, CEL_OOM_SCORE = 2, CEL_MASK = 4, CEL_USER = 8 };

/// What a child process is to be. Descriptors that are -1 are not given.
struct cel_spawn {
  const char *path;          ///< the file to execute when `image` is -1
  int image;                 ///< a verified executable, started whatever its path says by now
  char *const *arguments;    ///< NULL at the end
  char *const *environment;  ///< NULL at the end
  const char *directory;     ///< working directory; NULL keeps the parent's
  int descriptors[5];        ///< become 0–4: input, output, error, status, lifeline
  int has_terminal;          ///< descriptor 0 is a terminal, and becomes that of a new session
  int death_signal;          ///< sent to the child when the thread that forked it ends; 0 for none
  const char *cgroup;        ///< the control group it begins in, if that lets it; NULL for the parent's

  const struct cel_limit *limits;
  int limit_count;
  int changes;    ///< which of those below count
  int niceness;
  int oom_score;  ///< how readily the kernel kills it when memory is short, -1000 to 1000
  int mask;       ///< the bits that new files do not get
  uid_t user;
  gid_t group;
  const gid_t *groups;  ///< the supplementary ones
  int group_count;
};

/// Starts a child as the leader of its own process group, with default signal dispositions and no
/// descriptor but those named, and returns when it has been executed.
///
/// Returns its pid and stores a descriptor for it in `pidfd`, or returns the negative error number
/// of the step that failed, in which case no child is left.
pid_t cel_spawn(const struct cel_spawn *what, int *pidfd);

/// How a child ended: `signal` is 0 when it exited by itself with `code`.
struct cel_ended {
  pid_t pid;
  int code;
  int signal;
};

/// Reaps one child that has ended: 1 when there was one, 0 when all still run, else -errno
/// (-ECHILD: there is no child at all, neither own nor adopted).
int cel_reap(struct cel_ended *ended);

/// Sends a signal to the very process the descriptor stands for: 0, or -errno.
int cel_pidfd_signal(int pidfd, int signal);

/// A pipe whose ends are close-on-exec: 0, or -errno.
int cel_pipe(int ends[2]);

/// Makes orphaned descendants children of this process instead of init's: 0, or -errno.
int cel_adopt_orphans(void);

#endif
