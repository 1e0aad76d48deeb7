#ifndef CEL_MEMORY_H
#define CEL_MEMORY_H

/// Gives back the pages of code and constants that have been used so far; those that are used again
/// come back from the files, or from the system's cache of them, by themselves.
void cel_forget_code(void);

#endif
