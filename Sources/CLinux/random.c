#define _GNU_SOURCE
#include "cel_random.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

/* What a thread has in store: asking the kernel costs as much for 16 bytes as for some hundred. */
enum { STORE = 256 };
static _Thread_local unsigned char store[STORE];
static _Thread_local size_t left;

/* A child must not give out what its parent gives out as well; it has this one thread. */
static void forget(void) { left = 0; }

static void remember_to_forget(void) { pthread_atfork(NULL, NULL, forget); }

bool cel_random(void *bytes, size_t count) {
  if (count > STORE) return false;
  if (count > left) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, remember_to_forget);
    if (getrandom(store, STORE, 0) != STORE) return false;
    left = STORE;
  }
  left -= count;
  memcpy(bytes, store + left, count);
  explicit_bzero(store + left, count); /* what was given out is nobody else's to find here */
  return true;
}
