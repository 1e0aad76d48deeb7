#include "redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *reason) {
  fprintf(stderr, "bench-limit: %s\n", reason);
  exit(1);
}

redisContext *redis_connect(void) {
  const char *port = getenv("BENCH_PORT");
  redisContext *redis = redisConnect("127.0.0.1", port ? atoi(port) : 6379);
  if (!redis || redis->err) die("no Redis at BENCH_PORT");
  return redis;
}

redisReply *redis_reply(redisContext *redis) {
  void *reply = NULL;
  if (redisGetReply(redis, &reply) != REDIS_OK) die(redis->errstr);
  if (((redisReply *)reply)->type == REDIS_REPLY_ERROR) die(((redisReply *)reply)->str);
  return reply;
}

void redis_skip(redisContext *redis, int replies) {
  while (replies-- > 0) freeReplyObject(redis_reply(redis));
}

/* Writes what is appended without waiting for any reply. */
void redis_write(redisContext *redis) {
  for (int done = 0; !done;)
    if (redisBufferWrite(redis, &done) != REDIS_OK) die(redis->errstr);
}

void redis_load(redisContext *redis, const char *script, char digest[41]) {
  redisAppendCommand(redis, "SCRIPT LOAD %s", script);
  redisReply *reply = redis_reply(redis);
  memcpy(digest, reply->str, 41);
  freeReplyObject(reply);
}

void command_begin(struct command *command, const char *name) {
  command->count = 0;
  command_word(command, name);
}

void command_word(struct command *command, const char *word) {
  command_bytes(command, word, strlen(word));
}

void command_bytes(struct command *command, const char *bytes, size_t length) {
  command->words[command->count] = bytes;
  command->lengths[command->count++] = length;
}

void command_append(struct command *command, redisContext *redis) {
  redisAppendCommandArgv(redis, command->count, command->words, command->lengths);
}
