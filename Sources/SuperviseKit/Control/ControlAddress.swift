import CLinux
import Glibc

/// Where the control socket of a folder lies.
package enum ControlAddress {
  /// The socket of a folder that is supervised.
  package static func path(in folder: String) -> String {
    folder.appendingPath(".supervise/sock")
  }

  /// A new socket that listens on this path, which whatever lies there has to leave.
  ///
  /// Only to be called by the one who holds the folder's lock: then nobody listens there any more.
  static func listen(on path: String) throws(SystemError) -> Descriptor {
    let socket = try make()
    // A file system that knows no locks has let two of us begin.
    guard !somebodyListens(on: path) else {
      throw SystemError("the control socket \(path)", EADDRINUSE)
    }
    unlink(path)
    guard with(path, { bind(socket.number, $0, $1) }) == 0 else {
      throw SystemError("the control socket \(path)")
    }
    // Nobody can connect before it listens, so that at no moment others than the owner could.
    guard chmod(path, 0o600) == 0, Glibc.listen(socket.number, 64) == 0 else {
      throw SystemError("the control socket \(path)")
    }
    socket.stopBlocking()
    return socket
  }

  /// A socket that is connected to this path.
  static func connect(to path: String) throws(SystemError) -> Descriptor {
    let socket = try make()
    while with(path, { Glibc.connect(socket.number, $0, $1) }) != 0 {
      guard errno == EINTR else { throw SystemError(path) }
    }
    return socket
  }

  static func somebodyListens(on path: String) -> Bool {
    do throws(SystemError) {
      _ = try connect(to: path)
      return true
    } catch {
      return false
    }
  }

  private static func make() throws(SystemError) -> Descriptor {
    let number = cel_local_socket()
    guard number >= 0 else { throw SystemError("socket", -number) }
    return Descriptor(number)
  }

  /// An address holds 107 bytes; a longer path is taken through a descriptor of its folder.
  private static func with(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard path.utf8.count > room else { return with(path, &address, body) }
    let number = open(path.parentPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return -1 }
    let folder = Descriptor(number)
    return withExtendedLifetime(folder) {
      with("/proc/self/fd/\(folder.number)/\(path.lastName)", &address, body)
    }
  }

  private static func with(
    _ path: String, _ address: inout sockaddr_un,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
