/// What of a build's output is worth showing.
///
/// `swift build` repeats each diagnostic once per compiler job that meets it, and lists its steps.
/// Of the steps the first build shows some, as it takes long; a diagnostic is shown once. What any
/// other command says is passed on as it is. What a linker misses is called by its name in the
/// source.
struct BuildReport {
  private let isSwift: Bool
  private let showsSteps: Bool
  private var held: [UInt8] = []
  /// The lines of the diagnostic that is being read.
  private var block: [String] = []
  private var shown: Set<[String]> = []
  private var nextStepAt: ContinuousClock.Instant?

  init(of command: String, isFirst: Bool) {
    isSwift = command.hasPrefix("swift ")
    showsSteps = isFirst
  }

  /// The lines to show after this much more output.
  mutating func take(
    _ bytes: some Sequence<UInt8>, at now: ContinuousClock.Instant
  ) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == 0x0A {
        add(String(decoding: held, as: UTF8.self), at: now, to: &lines)
        held.removeAll(keepingCapacity: true)
      } else {
        held.append(byte)
      }
    }
    return lines
  }

  /// The lines that were held back at the end of the output.
  mutating func finish(at now: ContinuousClock.Instant) -> [String] {
    var lines: [String] = []
    if !held.isEmpty { add(String(decoding: held, as: UTF8.self), at: now, to: &lines) }
    endBlock(into: &lines)
    return lines
  }

  private mutating func add(
    _ line: String, at now: ContinuousClock.Instant, to lines: inout [String]
  ) {
    guard isSwift else { return lines.append(line) }
    if Self.isStep(line) {
      endBlock(into: &lines)
      guard showsSteps, now >= nextStepAt ?? now else { return }
      nextStepAt = now + .seconds(1)
      lines.append(line)
    } else if Self.isSummary(line) {
      endBlock(into: &lines)
    } else if Self.isDiagnostic(line) {
      endBlock(into: &lines)
      block = [SymbolNames.demangled(line)]
    } else if block.isEmpty {
      if !Self.isNoise(line) { lines.append(line) }
    } else {
      block.append(SymbolNames.demangled(line))
    }
  }

  private mutating func endBlock(into lines: inout [String]) {
    while block.last?.isEmpty ?? false { block.removeLast() }
    if !block.isEmpty, shown.insert(block).inserted { lines += block }
    block = []
  }

  // [3/7] Compiling demo main.swift
  private static func isStep(_ line: String) -> Bool {
    guard line.first == "[", let end = line.firstIndex(of: "]") else { return false }
    return line[..<end].dropFirst().allSatisfy { $0.isNumber || $0 == "/" }
  }

  // /path/main.swift:3:9: error: …
  // ld.lld: error: undefined symbol: …
  private static func isDiagnostic(_ line: String) -> Bool {
    guard line.first == "/" || line.first == "<" || line.hasPrefix("ld") else { return false }
    return [": error: ", ": warning: ", ": note: ", ": remark: "].contains { mark in
      line.utf8.count > mark.utf8.count && line.contains(mark)
    }
  }

  private static func isNoise(_ line: String) -> Bool {
    line.isEmpty || line.hasPrefix("Building for ") || line.hasPrefix("Build complete!")
      // From a C library's pkg-config file: said at each build, to people who cannot change it.
      || line.hasPrefix("warning: prohibited flag(s): ")
  }

  // Said after what was wrong, or before it, and of no use beside it.
  private static func isSummary(_ line: String) -> Bool {
    line.hasPrefix("error: emit-module command failed")
      || line.hasPrefix("error: link command failed with exit code")
      || line.hasPrefix("clang: error: linker command failed with exit code")
  }

  /// Whether a line is the head of an error, to be seen at a glance.
  static func isError(_ line: String) -> Bool {
    isDiagnostic(line) && line.contains(": error: ")
  }
}

extension String {
  /// Whether a text occurs in this one.
  fileprivate func contains(_ text: String) -> Bool {
    let text = Array(text.utf8)
    let own = Array(utf8)
    guard own.count >= text.count else { return false }
    return (0...own.count - text.count).contains { start in
      own[start..<start + text.count].elementsEqual(text)
    }
  }
}
