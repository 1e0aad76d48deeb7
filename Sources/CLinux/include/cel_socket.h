#ifndef CEL_SOCKET_H
#define CEL_SOCKET_H

#include <sys/types.h>

/// A socket of the kind that has a path: its number, or -errno.
int cel_local_socket(void);

/// Takes the next client of a listening socket and stores whose process it is in `uid`.
///
/// Its number, or -errno; -EAGAIN when nobody waits. It does not block, nor is it inherited.
int cel_accept(int listening, uid_t *uid);

/// Who listens at the other end, as this PID namespace calls it; 0 where it has no name here.
pid_t cel_peer(int socket);

#endif
