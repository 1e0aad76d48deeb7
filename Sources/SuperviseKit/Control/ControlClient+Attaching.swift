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
    let resizings = resizings()
    _ = cel_terminal_take_all(STDIN_FILENO)
    client.passOn(resizings, size: size) { size in tell(size, of: name, at: path) }
    cel_terminal_give_back()
  }

  private static let leave: UInt8 = 0x1D

  /// Readable when the terminal has been resized.
  private static func resizings() -> Descriptor {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGWINCH)
    sigprocmask(SIG_BLOCK, &signals, nil)
    return Descriptor(signalfd(-1, &signals, Int32(SFD_CLOEXEC | SFD_NONBLOCK)))
  }

  /// Says on a connection of its own that the terminal has another size.
  private static func tell(_ size: TerminalSize, of name: String, at path: String) {
    do throws(ControlError) {
      _ = try ask(.resize(name, .init(rows: size.rows, columns: size.columns)), at: path)
    } catch {
      // It ends just now, or is older than this command: it goes on with the size it knows.
    }
  }

  /// Both ways, byte by byte.
  private func passOn(
    _ resizings: Descriptor, size: TerminalSize, resized: (TerminalSize) -> Void
  ) {
    var size = size
    var polls = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: resizings.number, events: Int16(POLLIN), revents: 0),
    ]
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    show(takeRest()[...])
    while true {
      let newSize = TerminalSize(of: STDOUT_FILENO)
      if newSize != size {
        size = newSize
        resized(size)
      }
      if poll(&polls, 3, -1) < 0 {
        guard errno == EINTR else { return }
        continue
      }
      if polls[2].revents != 0 {
        var signal = signalfd_siginfo()
        _ = read(resizings.number, &signal, MemoryLayout<signalfd_siginfo>.size)
      }
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
