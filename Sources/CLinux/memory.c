#define _GNU_SOURCE
#include "cel_memory.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Only what is mapped without leave to write: nobody has changed it, so the file has all of it still.
static int forget(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || part->p_flags & PF_W) continue;
    uintptr_t start = object->dlpi_addr + part->p_vaddr;
    uintptr_t end = (start + part->p_memsz) & ~(page - 1);
    start = (start + page - 1) & ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void cel_forget_code(void) { dl_iterate_phdr(forget, NULL); }
