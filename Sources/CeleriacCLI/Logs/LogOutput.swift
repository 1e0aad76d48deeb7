import Glibc
import Logging

/// Where log lines go, and what the place can show.
struct LogOutput: Sendable {
  /// Takes one whole line, its end included, and does not wait for whoever reads it.
  var write: @Sendable ([UInt8]) -> Void
  /// How many lines were lost since it was last asked, because nobody read them.
  var takeLost: @Sendable () -> Int = { 0 }
  /// Waits a little for what is not written yet, at the end of the program.
  var finish: @Sendable () -> Void = {}
  /// Whether lines begin with the time of day.
  var showsTime: Bool
  /// Whether levels have colours.
  var hasColours: Bool

  /// Standard error, with colours on a terminal.
  ///
  /// A supervisor marks what comes from there as trouble, and puts the time before each line: under
  /// one, lines go to standard output and begin without it.
  static func ofProcess(environment: [String: String]) -> LogOutput {
    let isSupervised = Supervision.isPresent(in: environment)
    let descriptor = isSupervised ? STDOUT_FILENO : STDERR_FILENO
    let writer = LineWriter(descriptor)
    return LogOutput(
      write: { writer.write($0) }, takeLost: { writer.takeLost() },
      finish: { writer.finish() }, showsTime: !isSupervised,
      hasColours: isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty
        && environment["TERM"] != "dumb")
  }

  /// Writes bytes in one go where the system lets it, so that lines of several processes that
  /// share a descriptor do not mix.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      // Nobody reads the log any more; the program goes on.
      guard count > 0 else { return }
      written += count
    }
  }
}
