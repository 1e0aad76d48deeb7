// Writes lines that can be told apart, and checks what has become of them.
//
//   LineWriter write w07 COUNT line|block|odd [FD]   writes COUNT lines as process 7, then waits;
//                                                    begins when there is a file $LINES_GATE
//   LineWriter born FILE                             writes its pid to a file, then waits
//   LineWriter check PROCESSES COUNT [BYTES/S]       reads them back from a supervisor's log
//
// A line is "@w07 0000000042 cdef…": its length and its letters follow from its number, so each
// byte of it is checked. `check` says "complete" when it has seen all that is to come, and at the
// end of its input what was wrong.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 16, SHORTEST = 4, LONGEST = 200, BLOCK = 1 << 16, MOST = 100 };

static char letters[LONGEST + 26];

static int letter_count(long number) { return SHORTEST + (int)(number * 37 % (LONGEST - SHORTEST)); }

static void put_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t part = write(fd, bytes, count);
    if (part <= 0) _exit(1);
    bytes += part;
    count -= (size_t)part;
  }
}

static int write_lines(const char *name, long count, const char *mode, int fd) {
  static char buffer[2 * BLOCK];
  const char *gate = getenv("LINES_GATE");
  while (gate && access(gate, F_OK) != 0) usleep(1000);
  size_t fill = 0, goal = mode[0] == 'b' ? BLOCK : 0;
  unsigned random = 1;
  for (long number = 0; number < count; number++) {
    int length = letter_count(number);
    fill += (size_t)sprintf(buffer + fill, "@%s %010ld ", name, number);
    memcpy(buffer + fill, letters + number % 26, (size_t)length);
    fill += (size_t)length;
    buffer[fill++] = '\n';
    if (fill < goal) continue;
    // A block ends anywhere, also within a line.
    size_t part = mode[0] == 'l' ? fill : mode[0] == 'b' ? BLOCK : goal ? goal : fill;
    put_all(fd, buffer, part);
    memmove(buffer, buffer + part, fill - part);
    fill -= part;
    if (mode[0] == 'o') goal = 1 + (random = random * 1103515245 + 12345) / 65536 % 9000;
  }
  put_all(fd, buffer, fill);
  pause();
  return 0;
}

static int tell_pid(const char *path) {
  char other[4096];
  snprintf(other, sizeof other, "%s.%d", path, getpid());
  FILE *file = fopen(other, "w");
  if (!file) return 1;
  fprintf(file, "%d", getpid());
  fclose(file);
  if (rename(other, path) != 0) return 1;
  pause();
  return 0;
}

struct tally {
  int processes;
  long count, lines, bad, missing, disorder, next[MOST];
};

static void check_line(struct tally *tally, const char *line, size_t length) {
  const char *start = memchr(line, '@', length);
  if (!start) return;  // the supervisor's own
  length -= (size_t)(start - line);
  long number = length > HEAD ? atol(start + 5) : -1;
  int process = length > HEAD ? (start[2] - '0') * 10 + start[3] - '0' : -1;
  if (process < 0 || process >= tally->processes || number < 0 || start[1] != 'w' ||
      length != (size_t)(HEAD + letter_count(number)) ||
      memcmp(start + HEAD, letters + number % 26, length - HEAD) != 0) {
    if (tally->bad++ == 0) fprintf(stderr, "bad line: %.*s\n", (int)length, start);
    return;
  }
  tally->lines++;
  if (number < tally->next[process]) tally->disorder++;
  if (number > tally->next[process]) tally->missing += number - tally->next[process];
  tally->next[process] = number + 1;
}

static int check_lines(int processes, long count, double rate) {
  static char buffer[1 << 20];
  struct tally tally = {.processes = processes, .count = count};
  size_t fill = 0;
  ssize_t got;
  int is_complete = 0;
  while ((got = read(0, buffer + fill, rate > 0 ? BLOCK / 4 : sizeof buffer - fill)) > 0) {
    fill += (size_t)got;
    char *line = buffer, *end;
    while ((end = memchr(line, '\n', fill - (size_t)(line - buffer)))) {
      check_line(&tally, line, (size_t)(end - line));
      line = end + 1;
    }
    fill -= (size_t)(line - buffer);
    memmove(buffer, line, fill);
    if (!is_complete && tally.lines + tally.bad >= processes * count) {
      is_complete = 1;
      puts("complete");
      fflush(stdout);
    }
    if (rate > 0) usleep((useconds_t)((double)got / rate * 1e6));
  }
  for (int i = 0; i < processes; i++) tally.missing += count - tally.next[i];
  printf("lines=%ld bad=%ld missing=%ld disorder=%ld\n", tally.lines, tally.bad, tally.missing,
         tally.disorder);
  return 0;
}

int main(int count, char **words) {
  for (size_t i = 0; i < sizeof letters; i++) letters[i] = (char)('a' + i % 26);
  if (count >= 5 && strcmp(words[1], "write") == 0)
    return write_lines(words[2], atol(words[3]), words[4], count > 5 ? atoi(words[5]) : 1);
  if (count >= 3 && strcmp(words[1], "born") == 0) return tell_pid(words[2]);
  if (count >= 4 && strcmp(words[1], "check") == 0)
    return check_lines(atoi(words[2]), atol(words[3]), count > 4 ? atof(words[4]) : 0);
  return 64;
}
