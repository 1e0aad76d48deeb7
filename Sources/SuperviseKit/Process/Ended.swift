import Glibc

/// How a process ended.
package enum Ended: Sendable, Equatable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)
  /// It never ran: the error number of its start.
  case neverStarted(Int32)
  /// It was told to end, for it was not ready in time.
  case unready
  /// It was told to end, for nothing was heard of it any more.
  case silent

  /// Whether another try would end the same way unless somebody changes a file first.
  var lasts: Bool {
    guard case .neverStarted(let error) = self else { return false }
    return [ENOENT, ENOTDIR, EACCES, EPERM, ENOEXEC, EISDIR, ELOOP, ELIBBAD].contains(error)
  }

  /// Whether it has done what it was there for.
  func isWell(_ settings: ProcessSettings) -> Bool {
    if case .exited(let code) = self { settings.success.contains(code) } else { false }
  }

  /// As a shell would report it.
  package var exitCode: Int32 {
    switch self {
    case .exited(let code): code
    case .signalled(let signal): 128 + signal
    case .neverStarted: 127
    case .unready, .silent: ExitCode.failed
    }
  }

  package var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .signalled(let signal): SignalName.text(signal)
    case .neverStarted(let error): "could not be started: \(errorText(error))"
    case .unready: "not ready in time"
    case .silent: "silent for too long"
    }
  }
}
