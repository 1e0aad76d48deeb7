/* The least that a reliable worker does for a task: while it works, the message stands on loan in
 * Redis; then the result is stored and published, and the loan ends. The task itself is done by
 * reading its message.
 *
 * The next batch is asked for before the present one is settled, so that Redis never waits:
 *
 *     wire   take 2 · settle 1 · take 3 · settle 2 · take 4 …
 */
#define _GNU_SOURCE
#include "worker.h"

#include "envelope.h"
#include "redis.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How a loan is kept. */
enum loans {
  UNACKED,       /* kombu's hash `unacked` and sorted set `unacked_index` */
  UNACKED_SHORT, /* the same with tags of UUID length, for which the sorted set is slow while small */
  LIST,          /* a list for each batch, dropped when all of it is done */
  LIST_ANY,      /* the same, with a tombstone for each task, so that any order will do */
};

struct variant {
  const char *name;
  enum loans loans;
  const char *take;
};

/* KEYS queue, hash, sorted set · ARGV count, now, prefix of the tags, number before the first tag */
static const char take_unacked[] =
    "local messages = redis.call('RPOP', KEYS[1], ARGV[1])\n"
    "if not messages then return {} end\n"
    "local fields, members = {}, {}\n"
    "for i = 1, #messages do\n"
    "  local tag = ARGV[3] .. (ARGV[4] + i)\n"
    "  fields[2 * i - 1] = tag\n"
    "  fields[2 * i] = '[' .. messages[i] .. ',\"\",\"celery\"]'\n"
    "  members[2 * i - 1] = ARGV[2]\n"
    "  members[2 * i] = tag\n"
    "end\n"
    "redis.call('HSET', KEYS[2], unpack(fields))\n"
    "redis.call('ZADD', KEYS[3], unpack(members))\n"
    "return messages";

/* KEYS queue, list of the batch, sorted set of leases · ARGV count, now */
static const char take_list[] =
    "local messages = redis.call('RPOP', KEYS[1], ARGV[1])\n"
    "if not messages then return {} end\n"
    "redis.call('RPUSH', KEYS[2], unpack(messages))\n"
    "redis.call('ZADD', KEYS[3], ARGV[2], KEYS[2])\n"
    "return messages";

static const struct variant variants[] = {
    {"unacked", UNACKED, take_unacked},
    {"unacked-short", UNACKED_SHORT, take_unacked},
    {"list", LIST, take_list},
    {"list-any", LIST_ANY, take_list},
};

enum { TAG_ROOM = 128, RESULT_ROOM = 256 };
static const char result_prefix[] = "celery-task-meta-";
enum { RESULT_KEY_LENGTH = sizeof result_prefix - 1 + ID_LENGTH };

struct batch {
  redisReply *messages;
  size_t count;
  long before; /* the number before its first message's */
  char list[TAG_ROOM + 24];
};

struct worker {
  redisContext *redis;
  enum loans loans;
  bool results;
  long size;
  long taken;
  char take[41];
  char prefix[TAG_ROOM];
  int progress;
};

static struct command command; /* too large for a stack, and used by one thread */

static void take_send(struct worker *worker, struct batch *batch) {
  char count[16], now[32], before[24];
  sprintf(count, "%ld", worker->size);
  sprintf(now, "%ld", (long)time(NULL));
  sprintf(before, "%ld", worker->taken);
  batch->before = worker->taken;
  worker->taken += worker->size;
  sprintf(batch->list, "%s%s", worker->prefix, before);

  command_begin(&command, "EVALSHA");
  command_bytes(&command, worker->take, 40);
  command_word(&command, "3");
  command_word(&command, "celery");
  if (worker->loans == LIST || worker->loans == LIST_ANY) {
    command_word(&command, batch->list);
    command_word(&command, "leases");
    command_word(&command, count);
    command_word(&command, now);
  } else {
    command_word(&command, "unacked");
    command_word(&command, "unacked_index");
    command_word(&command, count);
    command_word(&command, now);
    command_word(&command, worker->prefix);
    command_word(&command, before);
  }
  command_append(&command, worker->redis);
}

static void take_receive(struct worker *worker, struct batch *batch) {
  batch->messages = redis_reply(worker->redis);
  batch->count = batch->messages->elements;
}

/* Appends SETEX and PUBLISH of one result. */
static int store_result(redisContext *redis, const redisReply *message) {
  char key[RESULT_KEY_LENGTH + 1], result[RESULT_ROOM];
  const char *id = envelope_id(message->str, message->len);
  sprintf(key, "%s%.*s", result_prefix, ID_LENGTH, id);
  size_t length = (size_t)sprintf(
      result,
      "{\"status\": \"SUCCESS\", \"result\": 4, \"traceback\": null, \"children\": [], "
      "\"date_done\": \"2026-01-01T00:00:00.000000+00:00\", \"task_id\": \"%.*s\"}",
      ID_LENGTH, id);
  command_begin(&command, "SETEX");
  command_bytes(&command, key, RESULT_KEY_LENGTH);
  command_word(&command, "86400");
  command_bytes(&command, result, length);
  command_append(&command, redis);
  command_begin(&command, "PUBLISH");
  command_bytes(&command, key, RESULT_KEY_LENGTH);
  command_bytes(&command, result, length);
  command_append(&command, redis);
  return 2;
}

static void forget_tags(struct worker *worker, struct batch *batch, const char *name,
                        const char *key) {
  static char tags[LARGEST_BATCH][TAG_ROOM + 24];
  command_begin(&command, name);
  command_word(&command, key);
  for (size_t i = 0; i < batch->count; i++) {
    int length = sprintf(tags[i], "%s%ld", worker->prefix, batch->before + (long)i + 1);
    command_bytes(&command, tags[i], (size_t)length);
  }
  command_append(&command, worker->redis);
}

/* Appends what ends the batch; returns the number of replies to come. */
static int settle_send(struct worker *worker, struct batch *batch) {
  int replies = 0;
  for (size_t i = 0; worker->results && i < batch->count; i++)
    replies += store_result(worker->redis, batch->messages->element[i]);
  switch (worker->loans) {
    case UNACKED:
    case UNACKED_SHORT:
      forget_tags(worker, batch, "ZREM", "unacked_index");
      forget_tags(worker, batch, "HDEL", "unacked");
      return replies + 2;
    case LIST_ANY:
      for (size_t i = 0; i < batch->count; i++)
        redisAppendCommand(worker->redis, "LSET %s %d _", batch->list, (int)i);
      replies += (int)batch->count;
      /* fall through */
    case LIST:
      redisAppendCommand(worker->redis, "ZREM leases %s", batch->list);
      redisAppendCommand(worker->redis, "UNLINK %s", batch->list);
      return replies + 2;
  }
  return replies;
}

static void note_progress(struct worker *worker, struct batch *batch) {
  static char marks[LARGEST_BATCH];
  memset(marks, '.', batch->count);
  if (write(worker->progress, marks, batch->count) < 0) die("BENCH_PROGRESS cannot be written");
}

static _Noreturn void work(struct worker *worker) {
  static struct batch batches[2];
  struct batch *present = &batches[0], *next = &batches[1];
  int outstanding = 0;
  take_send(worker, present);
  take_receive(worker, present);
  for (;;) {
    take_send(worker, next);
    redis_write(worker->redis);
    int replies = 0;
    if (present->count > 0) {
      note_progress(worker, present);
      replies = settle_send(worker, present);
    } else {
      usleep(1000);
    }
    freeReplyObject(present->messages);
    redis_skip(worker->redis, outstanding);
    outstanding = replies;
    take_receive(worker, next);
    struct batch *finished = present;
    present = next;
    next = finished;
  }
}

static int open_progress(void) {
  const char *path = getenv("BENCH_PROGRESS");
  return open(path ? path : "/dev/null", O_WRONLY | O_APPEND | O_CREAT, 0644);
}

void worker_run(const char *name, long size) {
  const struct variant *variant = NULL;
  for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
    if (!strcmp(variants[i].name, name)) variant = &variants[i];
  if (!variant || size < 1 || size > LARGEST_BATCH) die("no such way to keep loans, or batch");

  const char *results = getenv("BENCH_RESULTS");
  struct worker worker = {
      .redis = redis_connect(),
      .loans = variant->loans,
      .results = results && atoi(results),
      .size = size,
      .progress = open_progress(),
  };
  /* A sorted set of up to 128 members of up to 64 bytes is searched from end to end. */
  sprintf(worker.prefix, variant->loans == UNACKED ? "%064x-" : "%08x-0000-0000-0000-",
          (unsigned)getpid());
  redis_load(worker.redis, variant->take, worker.take);
  work(&worker);
}

/* Waits as a worker without backlog does: each message moves to an own list as it comes. */
void worker_wait(void) {
  redisContext *redis = redis_connect();
  const char *pipe = getenv("BENCH_FIFO"), *kept = getenv("BENCH_RESULTS");
  bool results = kept && atoi(kept);
  int stamps = pipe ? open(pipe, O_RDWR) : -1, progress = open_progress();
  for (;;) {
    redisAppendCommand(redis, "BLMOVE celery loan:%d RIGHT LEFT 1", (int)getpid());
    redisReply *message = redis_reply(redis);
    if (message->type == REDIS_REPLY_STRING) {
      int replies = 1;
      if (strstr(message->str, "celery_app.lat")) {
        dprintf(stamps, "%lld\n", stamp_now());
      } else {
        if (write(progress, ".", 1) < 0) die("BENCH_PROGRESS cannot be written");
        if (results) replies += store_result(redis, message);
      }
      redisAppendCommand(redis, "UNLINK loan:%d", (int)getpid());
      redis_skip(redis, replies);
    }
    freeReplyObject(message);
  }
}
