// In which order processes can start.
extension Procfile {
  /// Refuses dependencies that are not defined, and circles of them.
  static func checkOrder(
    of processes: [ProcessSpec], file: String
  ) throws(ConfigurationError) {
    var dependencies: [String: [String]] = [:]
    for spec in processes { dependencies[spec.name] = spec.options.after }
    for spec in processes {
      for name in spec.options.after where dependencies[name] == nil {
        throw ConfigurationError(
          file, line: spec.line,
          "'\(spec.name)' is to start after '\(name)', which is not defined")
      }
      if spec.options.after.contains(spec.name) {
        throw ConfigurationError(
          file, line: spec.line, "'\(spec.name)' is to start after itself; take it out of after=")
      }
    }
    var cleared: Set<String> = []
    for spec in processes {
      guard let circle = circle(from: [spec.name], in: dependencies, &cleared) else { continue }
      let line = processes.first { $0.name == circle[0] }?.line
      throw ConfigurationError(
        file, line: line,
        "each of these is to start after the next, so that none could: "
          + circle.joined(separator: " → "))
    }
  }

  /// The first way on from the end of this one that comes back to a name on it: that circle.
  private static func circle(
    from way: [String], in dependencies: [String: [String]], _ cleared: inout Set<String>
  ) -> [String]? {
    guard let name = way.last, !cleared.contains(name) else { return nil }
    for next in dependencies[name] ?? [] {
      if let start = way.firstIndex(of: next) { return way[start...] + [next] }
      if let circle = circle(from: way + [next], in: dependencies, &cleared) { return circle }
    }
    cleared.insert(name)
    return nil
  }
}
