/* What the machine can do: a C program over hiredis that does the least a Celery-compatible client
 * and worker must do. The harness' environment variables are those of the other programs.
 *
 *   bench-limit worker VARIANT BATCH   unacked | unacked-short | list | list-any
 *   bench-limit wait
 *   bench-limit enqueue MODE N         single | bulk | lat | e2e
 */
#include "envelope.h"
#include "redis.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CALLS_PER_WRITE = 256, PAUSE = 2000 /* microseconds */ };

static void push(redisContext *redis, const char *task, char *id) {
  char envelope[LARGEST_ENVELOPE];
  size_t length = envelope_write(envelope, id, task);
  redisAppendCommand(redis, "LPUSH celery %b", envelope, length);
}

static void send_many(redisContext *redis, long count, long depth) {
  char id[ID_LENGTH + 1];
  long long start = stamp_now();
  clock_t cpu = clock();
  for (long left = count; left > 0;) {
    long portion = left < depth ? left : depth;
    for (long i = 0; i < portion; i++) push(redis, "celery_app.add", id);
    redis_skip(redis, (int)portion);
    left -= portion;
  }
  printf("{\"n\": %ld, \"seconds\": %.6f, \"cpu\": %.6f}\n", count,
         (double)(stamp_now() - start) / 1e9, (double)(clock() - cpu) / CLOCKS_PER_SEC);
}

/* From the call to the stamp that a waiting worker writes. */
static long long time_to_start(redisContext *redis, FILE *stamps) {
  char id[ID_LENGTH + 1], line[32];
  long long start = stamp_now();
  push(redis, "celery_app.lat", id);
  redis_skip(redis, 1);
  if (!fgets(line, sizeof line, stamps)) die("BENCH_FIFO cannot be read");
  return atoll(line) - start;
}

/* From the call to its published result; the channel is listened to first. */
static long long time_to_result(redisContext *redis, redisContext *channel) {
  char envelope[LARGEST_ENVELOPE], id[ID_LENGTH + 1];
  long long start = stamp_now();
  size_t length = envelope_write(envelope, id, "celery_app.add");
  redisAppendCommand(channel, "SUBSCRIBE celery-task-meta-%s", id);
  redis_skip(channel, 1);
  redisAppendCommand(redis, "LPUSH celery %b", envelope, length);
  redis_skip(redis, 1);
  redis_skip(channel, 1);
  long long time = stamp_now() - start;
  redisAppendCommand(channel, "UNSUBSCRIBE celery-task-meta-%s", id);
  redis_skip(channel, 1);
  return time;
}

static void time_calls(redisContext *redis, long count, int to_result) {
  redisContext *channel = redis_connect();
  FILE *stamps = to_result ? NULL : fopen(getenv("BENCH_FIFO"), "r+");
  printf("{\"lat_ns\": [");
  for (long i = 0; i < count; i++) {
    long long time = to_result ? time_to_result(redis, channel) : time_to_start(redis, stamps);
    printf("%s%lld", i ? ", " : "", time);
    usleep(PAUSE);
  }
  printf("]}\n");
}

static void enqueue(const char *mode, long count) {
  redisContext *redis = redis_connect();
  if (!strcmp(mode, "single")) send_many(redis, count, 1);
  else if (!strcmp(mode, "bulk")) send_many(redis, count, CALLS_PER_WRITE);
  else if (!strcmp(mode, "lat")) time_calls(redis, count, 0);
  else if (!strcmp(mode, "e2e")) time_calls(redis, count, 1);
  else die("no such mode");
}

int main(int count, char **words) {
  if (count == 4 && !strcmp(words[1], "worker")) worker_run(words[2], atol(words[3]));
  if (count == 2 && !strcmp(words[1], "wait")) worker_wait();
  if (count == 4 && !strcmp(words[1], "enqueue")) enqueue(words[2], atol(words[3]));
  else die("usage: bench-limit worker VARIANT BATCH | wait | enqueue MODE N");
}
