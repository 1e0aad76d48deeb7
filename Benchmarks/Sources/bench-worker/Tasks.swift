import BenchSupport
import CeleriacCore
import Glibc

/// The worker's tasks: what the harness calls, and nothing that costs more than it must.
func benchTasks(in environment: BenchEnvironment) -> [any TaskHandle] {
  let progress = Progress(path: environment.progressPath)
  progress.start()
  let stamps = Stamps(path: environment.stampPath)
  let kept = TaskOptions(result: environment.keepsResults ? .kept : .ignored)

  return [
    TaskDefinition("celery_app.add", options: kept) { (x: Int, y: Int) in
      progress.mark()
      return x + y
    },
    TaskDefinition("celery_app.lat", options: .silent) { (sent: Int) in
      stamps.write(stampNow())
    },
    TaskDefinition("celery_app.age", options: .silent) { (sent: Int) in
      stamps.write(stampNow() - sent)
    },
    TaskDefinition("celery_app.burn", options: kept) { (milliseconds: Int) in
      burn(for: milliseconds * 1_000_000)
      progress.mark()
      return milliseconds
    },
    TaskDefinition(
      "celery_app.tick", options: .silent, periodic: PeriodicOptions(.every(.seconds(1)))
    ) {
      stamps.write(stampNow())
    },
  ]
}

/// Spends processor time of the calling thread, without a look at cancellation.
private func burn(for nanoseconds: Int) {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  let end = time.tv_sec * 1_000_000_000 + time.tv_nsec + nanoseconds
  repeat {
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  } while time.tv_sec * 1_000_000_000 + time.tv_nsec < end
}
