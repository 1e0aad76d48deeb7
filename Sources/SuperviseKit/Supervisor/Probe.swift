import Glibc

/// The asking whether a process that is starting can be relied on.
///
/// It ends with the answer; an idle supervisor asks nothing.
final class Probe {
  typealias Instant = ContinuousClock.Instant

  enum Question {
    case port(Int)
    case command(String)
    case line(LineWatch)
  }

  let question: Question
  /// When to ask next; nil while an answer is awaited.
  var deadline: Instant?
  private var pause = Duration.milliseconds(25)
  /// The connection that is being made.
  var socket: Descriptor?
  /// The command that is being run.
  var process: LiveProcess?

  /// Without a time, somebody else says when.
  init(_ question: Question, at now: Instant?) {
    self.question = question
    deadline = now
  }

  /// The answer was no.
  func askAgain(after now: Instant) {
    socket = nil
    process = nil
    pause = min(pause * 2, .seconds(1))
    deadline = now + pause
  }
}

/// A connection to a port of this machine, in the making.
enum PortProbe {
  enum Answer {
    case yes, no
    case later(Descriptor)
  }

  static func ask(_ port: Int) -> Answer {
    let number = socket(
      AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, Int32(IPPROTO_TCP))
    guard number >= 0 else { return .no }
    let descriptor = Descriptor(number)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return .yes }
    return errno == EINPROGRESS ? .later(descriptor) : .no
  }

  static func isConnected(_ descriptor: Descriptor) -> Bool {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0
  }
}
