#ifndef CEL_POLL_H
#define CEL_POLL_H

#include <stdbool.h>

/// Whether there is something to read, or the other side has gone.
bool cel_is_readable(int descriptor);

/// Has reads and writes wait for the other side, for some milliseconds at most; then they fail with
/// `EAGAIN`, as on a descriptor that does not block.
void cel_block_briefly(int socket);

/// Has reads and writes wait for nothing.
void cel_never_block(int socket);

/// Keeps a SIGPIPE of the calling thread's own from being delivered, until `cel_end_quiet_write()`.
///
/// Returns whether it was kept already.
bool cel_begin_quiet_write(void);

/// Ends that. A write that has `failed` has left a signal behind, which goes with it.
void cel_end_quiet_write(bool was_quiet, bool failed);

#endif
