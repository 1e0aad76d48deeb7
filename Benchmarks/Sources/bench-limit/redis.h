/* The little that all parts need of hiredis: one connection, commands without copies, replies that
 * end the program when they are errors. */
#ifndef REDIS_H
#define REDIS_H

#include <hiredis/hiredis.h>
#include <stddef.h>

enum { LARGEST_BATCH = 1024, MOST_WORDS = 2 * LARGEST_BATCH + 16 };

/* A command as hiredis takes it: pointers to words that live until it is appended. */
struct command {
  int count;
  const char *words[MOST_WORDS];
  size_t lengths[MOST_WORDS];
};

redisContext *redis_connect(void);
redisReply *redis_reply(redisContext *);
void redis_skip(redisContext *, int replies);
void redis_write(redisContext *);
void redis_load(redisContext *, const char *script, char digest[41]);

void command_begin(struct command *, const char *name);
void command_word(struct command *, const char *word);
void command_bytes(struct command *, const char *bytes, size_t length);
void command_append(struct command *, redisContext *);

_Noreturn void die(const char *reason);
#endif
