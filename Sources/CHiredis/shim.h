// hiredis: synchronous and asynchronous contexts, and the reader of the protocol.
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <hiredis/sds.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

/// The bytes that wait in a context's output buffer.
static inline size_t cel_hiredis_unwritten(const redisAsyncContext *context) {
  return sdslen(context->c.obuf);
}

/// Writes what waits in a context's output buffer without a SIGPIPE where the connection has ended, which
/// hiredis' own `write` raises.
///
/// Returns whether all of it is written. What is left is for hiredis, which sees what the matter is.
static inline bool cel_hiredis_send(redisAsyncContext *context) {
  const sds waiting = context->c.obuf;
  const size_t count = sdslen(waiting);
  const ssize_t sent = send(context->c.fd, waiting, count, MSG_NOSIGNAL);
  if (sent <= 0) return count == 0;
  memmove(waiting, waiting + sent, count - sent + 1);
  sdssetlen(waiting, count - sent);
  return sent == (ssize_t)count;
}
