#ifndef CEL_CRASH_H
#define CEL_CRASH_H

/// Lets a crash of this process end it without a question to whoever sits at the terminal.
///
/// Swift's report of a crash would ask what to do next, for half a minute, and nobody would watch
/// over the children meanwhile. The report itself stays; and so does the question for those who set
/// `interactive=` in `SWIFT_BACKTRACE`. A signal that somebody has sent ends the process as well.
void cel_crash_unasked(void);

#endif
