import Glibc

/// A gate that lets one thread pass for each time it was opened.
// Sound, because the semaphore is made for use by several threads; its address never changes, and it
// goes when nobody can reach it any more.
final class ThreadGate: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  /// Lets one thread pass, now or when it comes.
  func open() {
    sem_post(semaphore)
  }

  /// Waits until the thread may pass.
  func wait() {
    while sem_wait(semaphore) != 0 {}
  }

  /// Waits no longer than some seconds; false when they are over.
  ///
  /// They are counted by the clock on the wall: who sets it makes a wait longer or shorter, which
  /// costs nothing but an idle thread.
  func wait(seconds: Int) -> Bool {
    var end = timespec()
    clock_gettime(CLOCK_REALTIME, &end)
    end.tv_sec += seconds
    while sem_timedwait(semaphore, &end) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }
}
