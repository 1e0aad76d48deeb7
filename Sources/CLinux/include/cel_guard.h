#ifndef CEL_GUARD_H
#define CEL_GUARD_H

#include <stdint.h>
#include <sys/types.h>

/// A process group, and how many milliseconds it may take to end when it knows that it has to.
struct cel_guarded {
  int32_t patience;
  int32_t group;  ///< 0 where a place in the table is free
};

/// What is to be ended when the process that keeps a lifeline is gone.
struct cel_guard {
  int lifeline;                      ///< reads as ended when that process is gone, however it went
  const char *mark;                  ///< how a variable begins that only its descendants have
  struct cel_guarded *groups;        ///< those it has started, shared with it
  int group_count;
  const char *cgroup;                ///< in which all it has started is, or NULL
  int cgroup_lock;                   ///< kept until that group is cleared up
  const char *socket;                ///< the socket file to remove, or NULL
  const char *lock;                  ///< the file whose lock only that process had
};

/// Starts a process that does nothing until the lifeline ends, and then sees to it that nothing
/// is left: what nobody has asked is asked at once, each group again when its patience is over,
/// and what is there 2 s later is killed. A group that has ended meanwhile leaves the table. Where
/// there is a control group, nothing is left in it, and it is removed.
/// The socket file goes as soon as its lock can be had: whoever has that by then listens there anew.
///
/// Returns its pid, or the negative error number.
pid_t cel_guard_start(const struct cel_guard *what);

/// A table for `groups`, or NULL.
struct cel_guarded *cel_guard_table(int count);

#endif
