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

#endif
