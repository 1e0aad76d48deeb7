import CLinux
import Glibc

/// Asks a running supervisor; used by the command line, and by whoever else has the socket.
///
/// It blocks, as a command line may.
package final class ControlClient {
  private let socket: Descriptor
  private var input: [UInt8] = []
  private var read = 0

  /// Connects to the socket at this path.
  package init(path: String) throws(ControlError) {
    do throws(SystemError) {
      socket = try ControlAddress.connect(to: path)
    } catch {
      throw Self.unreachable(path, error.number)
    }
  }

  private static func unreachable(_ path: String, _ number: Int32) -> ControlError {
    let folder = path.parentPath.parentPath
    switch number {
    case ENOENT, ENOTDIR, ECONNREFUSED:
      return ControlError(
        .unreachable,
        "no supervise runs in \(folder); start it there with 'supervise dev', or name another"
          + " folder with -C")
    case EACCES, EPERM:
      return ControlError(
        .denied, "the control socket \(path) belongs to another user; ask as that one")
    default:
      return ControlError(.unreachable, "\(path): \(errorText(number))")
    }
  }

  var descriptor: Int32 { socket.number }

  /// What has been read and is no line.
  func takeRest() -> [UInt8] {
    defer { read = input.count }
    return Array(input[read...])
  }

  /// Sends the request; there is one a connection.
  package func send(_ request: ControlRequest) {
    let line = Array((request.json.line + "\n").utf8)
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      // Who refuses may do so before it has read; the answer says why.
      guard count > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(0, count))
    }
  }

  /// Waits for the next line; nil when the supervisor has said its last word.
  package func next() throws(ControlError) -> JSON? {
    while true {
      if let end = input[read...].firstIndex(of: 0x0A) {
        let line = input[read..<end]
        read = end + 1
        guard let json = JSON(reading: line) else {
          throw ControlError(.badRequest, "the answer is no JSON; is supervise of another version?")
        }
        if let error = ControlError(json) { throw error }
        return json
      }
      guard more() else { return nil }
    }
  }

  private func more() -> Bool {
    input.removeFirst(read)
    read = 0
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket.number, &bytes, bytes.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      input += bytes[..<count]
      return true
    }
  }

  /// Lets some time pass between two attempts to connect, or between two looks.
  package static func pause(_ time: Duration = .milliseconds(50)) {
    usleep(UInt32(time / .microseconds(1)))
  }

  /// Waits until the supervisor at the other end has ended.
  ///
  /// In another container it has no pid here; then until nobody answers any more.
  package func waitForEnd(at path: String) {
    let pid = cel_peer(socket.number)
    guard pid <= 0 else { return cel_wait_for_end(pid) }
    while ControlAddress.somebodyListens(on: path) { Self.pause() }
  }

  /// Sends a request that has one answer, and waits for it; what is still awaited meanwhile is
  /// progress.
  package static func ask(
    _ request: ControlRequest, at path: String, progress: (String) -> Void = { _ in }
  ) throws(ControlError) -> JSON {
    let client = try ControlClient(path: path)
    client.send(request)
    while let answer = try client.next() {
      guard let text = answer["waiting"]?.text else { return answer }
      progress(text)
    }
    throw ControlError(.unreachable, "supervise has ended before it answered")
  }
}

extension ControlAddress {
  /// The socket that a command is meant for.
  ///
  /// - Parameter folder: As it was named with `-C`; without it, the nearest folder above this one
  ///   that is supervised, or else what `SUPERVISE_SOCKET` says.
  /// - Returns: Its path, also where nobody listens there.
  package static func found(folder: String?) -> String {
    if let folder { return path(in: absolute(folder)) }
    var place = absolute("")
    while true {
      let candidate = path(in: place)
      if access(candidate, F_OK) == 0 { return candidate }
      guard place != "/", !place.isEmpty else { break }
      place = place.parentPath
    }
    return Environment.current()["SUPERVISE_SOCKET"] ?? path(in: absolute(""))
  }
}
