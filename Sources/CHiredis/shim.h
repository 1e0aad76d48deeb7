// hiredis: synchronous and asynchronous contexts, and the reader of the protocol.
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
