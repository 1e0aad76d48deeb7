import Testing

/// Modules know each other in one direction, and the pure ones know nothing at all.
@Suite(.timeLimit(.minutes(1)))
struct ImportTests {
  /// What each module may import, besides itself; nothing stands here that is above it.
  private static let allowed: [String: Set<String>] = [
    "CeleriacSchedule": [],
    "CeleriacCore": ["CeleriacSchedule", "CLinux", "Logging"] + system,
    "CeleriacRedis": ["CeleriacCore", "CeleriacSchedule", "CHiredis", "CLinux", "Logging"] + system,
    "CeleriacWorker": ["CeleriacCore", "CeleriacSchedule", "CLinux"] + service + system,
    "CeleriacBeat": ["CeleriacCore", "CeleriacSchedule"] + service + system,
    "CeleriacTesting": [
      "CeleriacCore", "CeleriacSchedule", "CeleriacWorker", "CeleriacBeat", "Logging",
    ] + system,
    "CeleriacMacros": [
      "CeleriacSchedule", "SwiftCompilerPlugin", "SwiftDiagnostics", "SwiftParser", "SwiftSyntax",
      "SwiftSyntaxBuilder", "SwiftSyntaxMacros",
    ],
    "Celeriac": ["CeleriacCore", "CeleriacSchedule"],
    "CeleriacCLI": [
      "CeleriacCore", "CeleriacSchedule", "CeleriacRedis", "CeleriacWorker", "CeleriacBeat",
      "CLinux", "ArgumentParser", "UnixSignals",
    ] + service + system,
    "task_manager": ["Celeriac", "CeleriacCLI", "Subprocess", "FoundationEssentials"] + system,
    "SuperviseKit": ["CLinux"] + system,
    "supervise": ["SuperviseKit", "ArgumentParser"] + system,
  ]

  private static let service: Set<String> = ["Logging", "ServiceLifecycle"]
  private static let system: Set<String> = ["Glibc", "Synchronization", "Dispatch"]

  /// Where Foundation's values are at home: `Date`, `UUID`, `Decimal`, `Data` and `URL`.
  private static let valueFolders: Set<Substring> = ["Coding", "Time"]

  @Test func `every module has its rule`() {
    let modules = Set(SourceTree.sources.map(\.module))

    #expect(SourceTree.sources.count > 50)
    #expect(modules.subtracting(Self.allowed.keys) == [])
  }

  @Test(arguments: SourceTree.sources)
  func `no module imports one above it`(_ file: SourceFile) {
    var allowed = Self.allowed[file.module] ?? []
    if file.module == "CeleriacCore", file.folders.contains(where: Self.valueFolders.contains) {
      allowed.insert("FoundationEssentials")
    }

    #expect(Set(file.imports).subtracting(allowed) == [])
  }

  @Test func `supervise and the queue do not know each other`() {
    for (module, imports) in Self.allowed {
      let isSupervisor = module.lowercased().hasPrefix("supervise")
      for other in imports where isSupervisor { #expect(!other.hasPrefix("Celeriac")) }
      for other in imports where !isSupervisor {
        #expect(!other.lowercased().hasPrefix("supervise"))
      }
    }
  }

  @Test(arguments: SourceTree.sources.filter(\.isPure))
  func `what is pure has no clock, no log and no waiting`(_ file: SourceFile) {
    let words = Set(file.code.matches(of: /\b[A-Za-z]\w*\b/).map { String($0.output) })

    // A machine of a module above may speak of calls and instants: Core's values.
    let values: Set = file.module == "CeleriacCore" ? [] : ["CeleriacCore"]
    #expect(Set(file.imports).subtracting(values).subtracting(["CeleriacSchedule"]) == [])
    #expect(
      words.intersection([
        "async", "await", "Logger", "WallClock", "ContinuousClock", "SuspendingClock", "Mutex",
      ]) == [])
  }

  @Test func `there is something pure`() {
    let pure = SourceTree.sources.filter(\.isPure)

    #expect(pure.contains { $0.name == "JSONScanner.swift" })
    #expect(pure.contains { $0.module == "CeleriacSchedule" })
    #expect(pure.contains { $0.name.hasSuffix("Machine.swift") })
  }
}

extension SourceFile {
  /// Messages, schedules and state machines are values: time and bytes come in as arguments.
  fileprivate var isPure: Bool {
    module == "CeleriacSchedule" || folders.contains("Wire") || name.hasSuffix("Machine.swift")
  }
}

private func + (left: Set<String>, right: Set<String>) -> Set<String> { left.union(right) }
