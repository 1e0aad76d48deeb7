/// What Linux has and Swift's Glibc module leaves out.
///
/// System headers are re-exported as they are; what needs code has the prefix `cel_`.
#ifndef CLINUX_H
#define CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "cel_crash.h"
#include "cel_guard.h"
#include "cel_lease.h"
#include "cel_lines.h"
#include "cel_memory.h"
#include "cel_notify.h"
#include "cel_pipe.h"
#include "cel_poll.h"
#include "cel_random.h"
#include "cel_section.h"
#include "cel_signal.h"
#include "cel_socket.h"
#include "cel_spawn.h"
#include "cel_stdio.h"
#include "cel_terminal.h"
#include "cel_thread.h"
#include "cel_wait.h"

#endif
