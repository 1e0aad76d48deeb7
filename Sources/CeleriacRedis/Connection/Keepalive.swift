internal import Glibc

/// How soon the kernel finds out that a connection is half open: its other end is gone without a word.
///
/// A message may have been handed to a wait at such a connection, and is looked for when that is known.
/// The probes are the kernel's: no command is sent, and nobody wakes for one that is answered.
enum Keepalive {
  /// Silence before the first probe, between probes, and how many have no answer: five seconds in all.
  private static let options: [(name: Int32, value: Int32)] = [
    (TCP_KEEPIDLE, 2), (TCP_KEEPINTVL, 1), (TCP_KEEPCNT, 3),
  ]

  /// Sets the times for a socket on which probes are enabled.
  static func hasten(on socket: Int32) {
    for option in options {
      var value = option.value
      // A system that refuses goes by its own times.
      setsockopt(
        socket, Int32(IPPROTO_TCP), option.name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }
}
