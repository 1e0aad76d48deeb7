import CLinux
import Glibc

/// Where processes that speak only sd_notify tell how they are.
final class NotifySocket {
  /// What `NOTIFY_SOCKET` is set to.
  let name: String
  let descriptor: Descriptor

  /// nil where the system has no such sockets; the status pipe is there still.
  init?() {
    var bytes = [CChar](repeating: 0, count: 128)
    let number = cel_notify_socket(&bytes, bytes.count)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(number)
    name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The next message and the pid of its sender; nil when there is none.
  func receive() -> (pid_t, [UInt8])? {
    var sender: pid_t = 0
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = cel_notify_receive(descriptor.number, &bytes, bytes.count, &sender)
    guard count >= 0 else { return nil }
    return (sender, Array(bytes[..<count]))
  }
}
