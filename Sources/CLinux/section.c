#include "cel_section.h"

// The linker defines these two symbols for every section whose name is a C identifier. Weak, so
// that a program without a single task links as well; hidden, so that each image sees its own.
extern const char __start_celeriac_tasks[] __attribute__((weak, visibility("hidden")));
extern const char __stop_celeriac_tasks[] __attribute__((weak, visibility("hidden")));

const void *cel_tasks_begin(void) { return __start_celeriac_tasks; }

const void *cel_tasks_end(void) { return __stop_celeriac_tasks; }
