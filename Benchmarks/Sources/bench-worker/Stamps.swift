import Glibc

/// Writes numbers into a named pipe, one a line, in one system call each.
struct Stamps: Sendable {
  private let pipe: Int32

  init(path: String) {
    // For reading and writing, so that opening does not wait for a reader.
    pipe = open(path, O_RDWR | O_CLOEXEC)
    precondition(pipe >= 0, "BENCH_FIFO cannot be opened")
  }

  func write(_ number: Int) {
    var line = "\(number)\n"
    _ = line.withUTF8 { Glibc.write(pipe, $0.baseAddress, $0.count) }
  }
}
