#ifndef CEL_PIPE_H
#define CEL_PIPE_H

/// How many bytes can be read from a pipe now, or -errno.
int cel_pipe_count(int fd);

/// Makes room for so many bytes in a pipe; without an effect where the user's share is used up.
void cel_pipe_size(int fd, int bytes);

#endif
