#ifndef CEL_TERMINAL_H
#define CEL_TERMINAL_H

/// Makes each key of a terminal arrive at once and unseen; Ctrl-C and the like keep their meaning.
///
/// 0, or -errno. What was set before comes back with cel_terminal_give_back, and also when this
/// process is ended by a mistake of its own.
int cel_terminal_take(int terminal);

/// Sets the terminal as it was before; does nothing when it was not taken.
void cel_terminal_give_back(void);

/// Leaves it as it is from now on: somebody else has set it.
void cel_terminal_forget(void);

/// Whether the terminal's keys are for this process group.
int cel_terminal_is_ours(int terminal);

/// How many columns it has; 0 when it does not say.
int cel_terminal_columns(int terminal);

/// How many rows it has; 0 when it does not say.
int cel_terminal_rows(int terminal);

/// Tells a terminal its size; whoever runs in it hears of the change.
void cel_terminal_resize(int terminal, int rows, int columns);

/// Lets every key through as it is, Ctrl-C too, until cel_terminal_give_back: 0, or -errno.
int cel_terminal_take_all(int terminal);

/// A new terminal: stores its own end and the end that a process is to have. 0, or -errno.
int cel_terminal_make(int *own, int *other);

#endif
