/// How many processes of each kind run, and what each of them is called.
package struct Formation: Sendable, Equatable {
  /// One process to run: the second worker of four, say.
  package struct Place: Sendable, Equatable {
    package var spec: ProcessSpec
    /// From 1.
    package var number: Int
    package var count: Int
    package var port: Int

    /// `worker.2`, or just `beat` where there can be only one.
    package var name: String { count == 1 ? spec.name : "\(spec.name).\(number)" }
    /// `worker.2` always; what the process itself is told.
    package var place: String { "\(spec.name).\(number)" }
  }

  package var places: [Place]
  /// All kinds that there are, also those that do not run.
  package var specs: [ProcessSpec]
  /// The port of the first process of each kind, also of those that do not run, and the variable
  /// by which the others know it.
  package var ports: [(kind: String, variable: String, port: Int)]
  /// The port of the first process of all.
  package let basePort: Int

  /// Lays out the processes.
  ///
  /// - Parameters:
  ///   - procfile: The kinds there are.
  ///   - counts: What `-c` says: `worker=4,web=1`, where `all` stands for every kind.
  ///   - only: The kinds to run; empty for all.
  ///   - basePort: The port of the first process.
  /// - Throws: What in the arguments does not fit the Procfile.
  package init(
    _ procfile: Procfile, counts: String? = nil, only: [String] = [], basePort: Int = 5000
  ) throws(ConfigurationError) {
    let numbers = try Self.numbers(counts, procfile)
    for name in only where !procfile.processes.contains(where: { $0.name == name }) {
      throw ConfigurationError(
        name, "the Procfile defines no such process; it has \(Self.names(procfile))", isUsage: true)
    }
    self.basePort = basePort
    places = []
    specs = procfile.processes
    ports = []
    for (index, spec) in procfile.processes.enumerated() {
      let base = basePort + Self.portStep * index
      ports.append((spec.name, Self.portVariable(spec.name), base))
      guard only.isEmpty || only.contains(spec.name) else { continue }
      let count = numbers[spec.name] ?? numbers["all"] ?? 1
      if count > 1, spec.options.singleton ?? (spec.name == "beat"), numbers[spec.name] != nil {
        throw ConfigurationError(
          "-c", "'\(spec.name)' is a singleton and cannot run \(count) times")
      }
      let singleton = spec.options.singleton ?? (spec.name == "beat")
      let wanted = singleton ? min(count, 1) : count
      for number in stride(from: 1, through: wanted, by: 1) {
        places.append(Place(spec: spec, number: number, count: wanted, port: base + number - 1))
      }
    }
    if let last = places.map(\.port).max(), last > 65_535 {
      throw ConfigurationError(
        "PORT", "counting from \(basePort), the last process would get \(last); begin lower")
    }
    guard !places.isEmpty else {
      throw ConfigurationError("-c", "nothing is left to run")
    }
  }

  private static func portVariable(_ kind: String) -> String {
    "PORT_" + String(kind.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  private static func names(_ procfile: Procfile) -> String {
    procfile.processes.map(\.name).joined(separator: ", ")
  }

  /// The most processes of one kind.
  package static let most = 1000

  private static func numbers(
    _ text: String?, _ procfile: Procfile
  ) throws(ConfigurationError) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for part in text?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let number = Int(sides[1]) else {
        throw ConfigurationError(
          "-c", "'\(part)' is not of the form worker=4; with more than one, worker=4,web=1")
      }
      guard 0...most ~= number else {
        throw ConfigurationError("-c", "'\(part)': a kind has from 0 to \(most) processes")
      }
      let name = String(sides[0])
      guard name == "all" || procfile.processes.contains(where: { $0.name == name }) else {
        throw ConfigurationError(
          "-c", "the Procfile defines no '\(name)'; it has \(Self.names(procfile))")
      }
      numbers[name] = number
    }
    return numbers
  }

  package static func == (left: Formation, right: Formation) -> Bool {
    left.places == right.places && left.basePort == right.basePort
      && left.ports.elementsEqual(right.ports) { $0 == $1 }
  }
}
