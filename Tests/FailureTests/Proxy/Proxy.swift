import CeleriacCore
import CeleriacRedis
import Glibc

/// A proxy before a real Redis that understands what it carries and breaks it where it is told to.
///
///     processes ──► socket of the proxy ──► socket of Redis
///
/// Commands and replies are counted and named, each connection is known to belong to a process, and a
/// fault strikes exactly one of them.
final class Proxy: Sendable {
  /// What clients connect to.
  let url: String
  let plan: FaultPlan
  private let wakeWrite: Int32

  /// Starts it before the socket of a Redis.
  init(to target: String) throws {
    let path = "/tmp/proxy-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let plan = FaultPlan(target: target)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SystemFailure(description: "pipe: \(errno)") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      UnixSocket.unblock(end)
    }
    let wakeRead = ends[0]
    let listener = try UnixSocket.listen(at: path)
    url = "unix://\(path)?db=0"
    self.plan = plan
    wakeWrite = ends[1]
    try DetachedThread.start("proxy") {
      ProxyLoop(path: path, listener: listener, wake: wakeRead, plan: plan).run()
    }
  }

  deinit {
    tell { $0.isOver = true }
    close(wakeWrite)
  }

  /// Breaks all connections.
  func cutAll() { tell { $0.sweep = .cut } }

  /// Lets nothing through on all connections that there are, and keeps them open.
  func silenceAll() { tell { $0.sweep = .silence } }

  func set(_ door: FaultPlan.Door) { tell { $0.door = door } }

  func set(_ weather: Weather) { tell { $0.weather = weather } }

  /// Sends new connections elsewhere, and breaks the old ones.
  func lead(to target: String) {
    tell { orders in
      orders.target = target
      orders.sweep = .cut
    }
  }

  private func tell(_ change: (inout FaultPlan.Orders) -> Void) {
    plan.order(change)
    var byte: UInt8 = 0
    _ = write(wakeWrite, &byte, 1)
  }
}
