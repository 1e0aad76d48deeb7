internal import Glibc

/// Asks a ``Supervised`` over its control socket, and notes how long the answers take.
package struct AnswerTimes {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private let path: String
  private var times: [Duration] = []

  package init(of run: Supervised) {
    path = run.path(".supervise/sock")
  }

  /// Asks once for the state of all processes, on a connection of its own as every client does.
  package mutating func ask() throws {
    let began = ContinuousClock.now
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "no socket") }
    defer { close(descriptor) }
    guard connect(descriptor) else { throw Failure(description: "nobody listens at \(path)") }
    let request = "{\"command\":\"ps\"}\n"
    _ = write(descriptor, request, request.utf8.count)
    var answer: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while answer.last != 0x0A {
      let count = read(descriptor, &bytes, bytes.count)
      guard count > 0 else { throw Failure(description: "half an answer: \(answer.count) bytes") }
      answer += bytes[..<count]
    }
    guard answer.starts(with: #"{"ok":true"#.utf8) else {
      throw Failure(description: String(decoding: answer, as: UTF8.self))
    }
    times.append(.now - began)
  }

  /// The time that so many of a hundred answers have kept to.
  package func percentile(_ percent: Int) -> Duration {
    let sorted = times.sorted()
    return sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
  }

  /// For a person.
  package var summary: String {
    let figures = [50, 99, 100].map { percent in
      "p\(percent) \(percentile(percent) / .milliseconds(1)) ms"
    }
    return "\(times.count) answers, " + figures.joined(separator: ", ")
  }

  private func connect(_ descriptor: Int32) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafeBytes(of: &address) { bytes in
      let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      return Glibc.connect(descriptor, pointer, socklen_t(bytes.count)) == 0
    }
  }
}
