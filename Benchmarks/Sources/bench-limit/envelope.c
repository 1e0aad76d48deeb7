#define _GNU_SOURCE
#include "envelope.h"

#include "redis.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* The base64 of [[2, 2], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}] */
#define BODY                                                                                     \
  "W1syLCAyXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNo" \
  "b3JkIjogbnVsbH1d"

static uint64_t random_bits(void) {
  static uint64_t state;
  if (!state && getrandom(&state, sizeof state, 0) != sizeof state) die("no randomness");
  uint64_t bits = state += 0x9e3779b97f4a7c15; /* splitmix64 */
  bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
  return bits ^ bits >> 31;
}

static void random_id(char *id) {
  uint64_t high = random_bits(), low = random_bits();
  sprintf(id, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff),
          (unsigned)(high & 0xfff), (unsigned)(low >> 48 & 0xfff),
          (unsigned long long)(low & 0xffffffffffff));
}

size_t envelope_write(char *envelope, char *id, const char *task) {
  char tag[ID_LENGTH + 1];
  random_id(id);
  random_id(tag);
  int length = sprintf(
      envelope,
      "{\"body\": \"" BODY "\", \"content-encoding\": \"utf-8\", "
      "\"content-type\": \"application/json\", \"headers\": {\"lang\": \"py\", \"task\": \"%s\", "
      "\"id\": \"%s\", \"shadow\": null, \"eta\": null, \"expires\": null, \"group\": null, "
      "\"group_index\": null, \"retries\": 0, \"timelimit\": [null, null], \"root_id\": \"%s\", "
      "\"parent_id\": null, \"argsrepr\": \"(2, 2)\", \"kwargsrepr\": \"{}\", "
      "\"origin\": \"gen4711@host\", \"ignore_result\": false, \"replaced_task_nesting\": 0, "
      "\"stamped_headers\": null, \"stamps\": {}}, \"properties\": {\"correlation_id\": \"%s\", "
      "\"reply_to\": \"6b9b4d0c-5d3c-36a5-9a0e-5ad2b6c1f0aa\", \"delivery_mode\": 2, "
      "\"delivery_info\": {\"exchange\": \"\", \"routing_key\": \"celery\"}, \"priority\": 0, "
      "\"body_encoding\": \"base64\", \"delivery_tag\": \"%s\"}}",
      task, id, id, id, tag);
  return (size_t)length;
}

const char *envelope_id(const char *envelope, size_t length) {
  static const char key[] = "\"id\": \"";
  const char *found = memmem(envelope, length, key, sizeof key - 1);
  if (!found) die("a message without id");
  return found + sizeof key - 1;
}
