// hiredis: synchronous and asynchronous contexts, and the reader of the protocol.
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

/// The bytes that wait in a context's output buffer.
static inline size_t cel_hiredis_unwritten(const redisAsyncContext *context) {
  return sdslen(context->c.obuf);
}
