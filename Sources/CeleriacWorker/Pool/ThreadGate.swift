import Glibc

/// A gate that lets one thread pass for each time it was opened.
// Sound, because the one property is a pointer that never changes, to a semaphore, which is made for
// several threads: what one has written before `open()` is seen by the one that passes. It is made
// before anybody has the gate. It goes in `deinit`, and whoever is inside `open()` or a `wait` holds a
// reference for as long, so none waits at it then, and none is still on the way out.
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
