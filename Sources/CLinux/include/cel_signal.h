#ifndef CEL_SIGNAL_H
#define CEL_SIGNAL_H

/// Whether whoever started this process has told the kernel to leave out a signal, as `nohup` does.
int cel_is_ignored(int signal);

#endif
