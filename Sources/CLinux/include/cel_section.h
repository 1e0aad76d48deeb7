#ifndef CEL_SECTION_H
#define CEL_SECTION_H

/// The first byte of the linker section `celeriac_tasks` of this image, or NULL without tasks.
const void *cel_tasks_begin(void);

/// One past the last byte of the linker section `celeriac_tasks`, or NULL without tasks.
const void *cel_tasks_end(void);

#endif
