#ifndef CEL_NOTIFY_H
#define CEL_NOTIFY_H

#include <stddef.h>
#include <sys/types.h>

/// A datagram socket whose messages come with the pid of their sender, under a name that the
/// kernel chooses and no file system has. Writes the name, as `@…`, and returns the descriptor or
/// -errno. It does not block.
int cel_notify_socket(char *name, size_t size);

/// Receives one message: its length, or -errno. `sender` is 0 where the kernel tells none.
ssize_t cel_notify_receive(int socket, void *buffer, size_t size, pid_t *sender);

#endif
