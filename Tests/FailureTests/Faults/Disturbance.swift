import TestSupport

/// Something that befalls Redis, or the way to it, while work goes on.
struct Disturbance: Sendable {
  let name: String
  /// How soon after its end work has to go on.
  var patience = Duration.seconds(2)
  let befall: @Sendable (World) async throws -> Void

  static let all = [
    connectionsKilled, scriptsForgotten, asleep, halted, full, cut, closed, frozen, late, narrow,
    halfOpen,
  ]

  /// `CLIENT KILL TYPE normal`, again and again.
  static let connectionsKilled = Disturbance(name: "CLIENT KILL × 100") { world in
    for _ in 0..<100 {
      try await world.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      try await Task.sleep(for: .milliseconds(.random(in: 5...60)))
    }
  }

  static let scriptsForgotten = Disturbance(name: "SCRIPT FLUSH × 300") { world in
    for _ in 0..<300 {
      try await world.redis("SCRIPT", "FLUSH")
      try await Task.sleep(for: .milliseconds(.random(in: 0...15)))
    }
  }

  /// Longer than the lease, longer than a command may take.
  static let asleep = Disturbance(name: "DEBUG SLEEP 6") { world in
    try await sleepThrough(world, seconds: 6)
  }

  private static func sleepThrough(_ world: World, seconds: Int) async throws {
    // The operator's command takes longer than a command may, too.
    _ = try? await world.redis("DEBUG", "SLEEP", "\(seconds)")
    _ = try await eventually(.seconds(10)) { (try? await world.redis("PING")) != nil }
  }

  static let halted = Disturbance(name: "SIGSTOP of Redis for 5 s") { world in
    world.server.pause()
    try await Task.sleep(for: .seconds(5))
    world.server.resume()
  }

  static let full = Disturbance(name: "maxmemory reached for 4 s") { world in
    try await world.redis("CONFIG", "SET", "maxmemory", "1")
    try await Task.sleep(for: .seconds(4))
    try await world.redis("CONFIG", "SET", "maxmemory", "0")
  }

  static let cut = Disturbance(name: "all connections cut × 60") { world in
    for _ in 0..<60 {
      world.proxy.cutAll()
      try await Task.sleep(for: .milliseconds(.random(in: 1...120)))
    }
  }

  static let closed = Disturbance(name: "nobody listens for 4 s") { world in
    world.proxy.set(.closed)
    world.proxy.cutAll()
    try await Task.sleep(for: .seconds(4))
    world.proxy.set(.open)
  }

  static let frozen = Disturbance(name: "no byte moves for 6 s") { world in
    world.proxy.set(.frozen)
    try await Task.sleep(for: .seconds(6))
    world.proxy.set(.open)
  }

  static let late = Disturbance(name: "every byte 150 ms late") { world in
    world.proxy.set(.late(.milliseconds(150)))
    try await Task.sleep(for: .seconds(5))
    world.proxy.set(.clear)
  }

  static let narrow = Disturbance(name: "20 kB a second") { world in
    world.proxy.set(.narrow(bytesPerSecond: 20_000))
    try await Task.sleep(for: .seconds(5))
    world.proxy.set(.clear)
  }

  /// Connections that swallow everything; a wait at a list is long, and so is finding that out.
  static let halfOpen = Disturbance(name: "half-open × 2", patience: .seconds(6)) { world in
    for _ in 0..<2 {
      world.proxy.silenceAll()
      try await Task.sleep(for: .seconds(3))
    }
  }
}
