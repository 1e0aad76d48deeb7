internal import Synchronization

/// Lets Swift tasks run on an I/O thread, between its replies and its next writes.
///
/// For code that hands commands over and waits for their replies, and never blocks: it then goes on
/// where its replies arrive, and no thread is woken for it.
final class IOExecutor: TaskExecutor {
  private let thread: IOThread

  init(_ thread: IOThread) {
    self.thread = thread
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    thread.perform { [self] _ in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
