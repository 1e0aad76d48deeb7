import BenchSupport
import CeleriacCore
import Glibc

/// Times single calls.
struct Stopwatch {
  let queue: TaskQueue
  let stampPath: String

  private let pause = Duration.milliseconds(2)

  /// From the call to the first line of the task.
  func timeToStart(_ count: Int) async throws {
    let stamps = try StampReader(path: stampPath)
    var times: [Int] = []
    for _ in 0..<count {
      let start = stampNow()
      try await BenchTasks.lat.delay(start)
      times.append(stamps.next() - start)
      try await Task.sleep(for: pause)
    }
    report(times)
  }

  /// From the call to the result in hand.
  func timeToResult(_ count: Int) async throws {
    var times: [Int] = []
    for _ in 0..<count {
      let start = stampNow()
      let sum = try await BenchTasks.add.delay(2, 2).value(within: .seconds(30))
      times.append(stampNow() - start)
      precondition(sum == 4, "2 + 2 = \(sum)")
      try await Task.sleep(for: pause)
    }
    report(times)
  }

  /// From the call to the first line of the task, for short tasks sent behind eight that compute for
  /// a second each.
  func timeBesideComputing(_ count: Int) async throws {
    let stamps = try StampReader(path: stampPath)
    try await queue.send((0..<8).map { _ in BenchTasks.burn.s(1000) })
    for _ in 0..<count { try await BenchTasks.age.delay(stampNow()) }
    report((0..<count).map { _ in stamps.next() })
  }

  private func report(_ times: [Int]) {
    print(#"{"lat_ns": \#(times)}"#)
  }
}

/// Reads the numbers that tasks write into the named pipe.
private struct StampReader {
  private let file: UnsafeMutablePointer<FILE>

  init(path: String) throws {
    guard let file = fopen(path, "r+") else { throw NoPipe(path: path) }
    self.file = file
  }

  struct NoPipe: Error {
    let path: String
  }

  /// Blocks the thread until a line is there.
  func next() -> Int {
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    return atol(line)
  }
}
