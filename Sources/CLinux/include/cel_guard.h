#ifndef CEL_GUARD_H
#define CEL_GUARD_H

#include <stdint.h>
#include <sys/types.h>

/// What is to be ended when the process that keeps a lifeline is gone.
struct cel_guard {
  int lifeline;           ///< reads as ended when that process is gone, however it went
  const char *mark;       ///< how a variable begins that only its descendants have
  const int32_t *groups;  ///< the groups it has started, shared with it; 0 where a place is free
  int group_count;
  int patience;  ///< milliseconds that those may take which know that they are to end
};

/// Starts a process that does nothing until the lifeline ends, and then sees to it that nothing
/// is left: what nobody has asked is asked at once, all at the end of the patience, and what is
/// there 2 s later is killed.
///
/// Returns its pid, or the negative error number.
pid_t cel_guard_start(const struct cel_guard *what);

/// A table of numbers for `groups`, or NULL.
int32_t *cel_guard_table(int count);

#endif
