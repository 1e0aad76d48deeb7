/* A call as Celery 5 sends it: protocol 2, about 950 bytes, of a task with the arguments (2, 2). */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stddef.h>

enum { LARGEST_ENVELOPE = 2048, ID_LENGTH = 36 };

/* Writes the envelope of a new call and its id; returns the envelope's length. */
size_t envelope_write(char *envelope, char *id, const char *task);

/* The id inside an envelope: ID_LENGTH bytes, not terminated. */
const char *envelope_id(const char *envelope, size_t length);
#endif
