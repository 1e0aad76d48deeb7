extension Formation {
  /// How many ports a kind has for its processes.
  static let portStep = 100

  /// The same with the ports that its kinds have already, where they are counted from the same.
  ///
  /// A line that comes in between must not move the ports of what runs. It gets its own hundred
  /// if nobody has it, or else the next one that is free.
  func keepingPorts(of former: Formation) -> Formation {
    guard basePort == former.basePort else { return self }
    let known = Dictionary(former.ports.map { ($0.kind, $0.port) }) { first, _ in first }
    // Also those of what is taken out now: it may still listen for a while.
    var taken = Set(known.values)
    var result = self
    for index in ports.indices {
      var port = known[ports[index].kind] ?? ports[index].port
      if known[ports[index].kind] == nil {
        while !taken.insert(port).inserted { port += Self.portStep }
      }
      result.ports[index].port = port
    }
    for index in places.indices {
      let kind = places[index].spec.name
      guard let port = result.ports.first(where: { $0.kind == kind })?.port else { continue }
      result.places[index].port = port + places[index].number - 1
    }
    return result
  }
}
