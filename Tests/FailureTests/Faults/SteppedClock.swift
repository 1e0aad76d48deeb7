import Glibc

/// A time of day for one process that a test sets; gone with this value.
///
/// A few lines of C, compiled by the toolchain's own compiler and loaded before the C library's
/// functions, add an offset that lies in a shared page. Libraries made for this call the allocator
/// while they start, and Redis' allocator asks for the time.
final class SteppedClock {
  /// What starts a command under this clock.
  let enter: [String]
  private let folder: String
  private let page: Int32

  init() throws {
    folder = "/tmp/clock-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    mkdir(folder, 0o700)
    page = open(folder + "/offset", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    enter = ["env", "LD_PRELOAD=\(folder)/clock.so", "CLOCK_OFFSET=\(folder)/offset"]
    try step(by: 0)
    try Machine.write(Self.source, to: folder + "/clock.c")
    try Machine.run("clang", "-shared", "-fPIC", "-o", folder + "/clock.so", folder + "/clock.c")
  }

  deinit {
    close(page)
    for name in ["offset", "clock.c", "clock.so"] { unlink(folder + "/" + name) }
    rmdir(folder)
  }

  /// Sets the clock so many seconds away from the machine's.
  func step(by seconds: Int) throws {
    var offset = Int64(seconds)
    guard pwrite(page, &offset, 8, 0) == 8 else {
      throw SystemFailure(description: "can't set the clock")
    }
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static volatile int64_t *offset;

    __attribute__((constructor)) static void open_page(void) {
      int file = open(getenv("CLOCK_OFFSET"), O_RDONLY);
      void *page = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
      if (page != MAP_FAILED) offset = page;
    }
    int clock_gettime(clockid_t clock, struct timespec *now) {
      int code = syscall(SYS_clock_gettime, clock, now);
      if (offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset;
      return code;
    }
    int gettimeofday(struct timeval *now, void *zone) {
      struct timespec time;
      int code = clock_gettime(CLOCK_REALTIME, &time);
      now->tv_sec = time.tv_sec;
      now->tv_usec = time.tv_nsec / 1000;
      return code;
    }
    time_t time(time_t *now) {
      struct timespec time;
      clock_gettime(CLOCK_REALTIME, &time);
      if (now) *now = time.tv_sec;
      return time.tv_sec;
    }
    """
}
