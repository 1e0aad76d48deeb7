import CLinux
import Glibc

extension ControlClient {
  /// Sits down at the terminal of a process, until Ctrl-] or the end.
  ///
  /// - Parameters:
  ///   - name: The process.
  ///   - path: The supervisor's socket.
  ///   - greet: Called with the name when it has begun.
  /// - Throws: Why it cannot begin.
  package static func attach(
    to name: String, at path: String, greet: (String) -> Void
  ) throws(ControlError) {
    let size = TerminalSize(of: STDOUT_FILENO)
    let client = try ControlClient(path: path)
    client.send(.attach(name, .init(rows: size.rows, columns: size.columns)))
    guard let answer = try client.next(), let name = answer["attached"]?.text else {
      throw ControlError(.unreachable, "supervise has ended before it answered")
    }
    greet(name)
    _ = cel_terminal_take_all(STDIN_FILENO)
    client.passOn()
    cel_terminal_give_back()
  }

  private static let leave: UInt8 = 0x1D

  /// Both ways, byte by byte.
  private func passOn() {
    var polls = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    show(takeRest()[...])
    while poll(&polls, 2, -1) >= 0 || errno == EINTR {
      if polls[1].revents != 0 {
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return }
        show(bytes[..<count])
      }
      if polls[0].revents != 0 {
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        guard count > 0 else { return }
        let typed = bytes[..<count]
        type(typed.prefix { $0 != Self.leave })
        if typed.contains(Self.leave) { return }
      }
    }
  }

  private func show(_ bytes: ArraySlice<UInt8>) {
    _ = bytes.withUnsafeBytes { Writing.all($0, to: STDOUT_FILENO) }
  }

  private func type(_ bytes: ArraySlice<UInt8>) {
    _ = bytes.withUnsafeBytes { Writing.all($0, to: descriptor) }
  }
}
