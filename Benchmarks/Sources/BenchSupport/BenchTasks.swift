public import CeleriacCore

/// The tasks as their callers know them; the names are those of the Celery application beside.
public enum BenchTasks {
  /// Adds two numbers.
  public static let add = RemoteTask<Int, Int, Int>("celery_app.add")

  /// Stamps the time at which it runs.
  public static let lat = RemoteTask<Int, Nothing>("celery_app.lat", options: .silent)

  /// Stamps how long ago it was called: its argument is the time of the call.
  public static let age = RemoteTask<Int, Nothing>("celery_app.age", options: .silent)

  /// Computes for some milliseconds of processor time.
  public static let burn = RemoteTask<Int, Int>("celery_app.burn")
}

extension TaskOptions {
  /// Keeps no result.
  public static let silent = TaskOptions(result: .ignored)
}
